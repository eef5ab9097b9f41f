"""Clerical faults: errors in the papers that are independent of false declarations.

Each fault is named after the check that should find it, and is planted in all versions of a declaration. Clumsy
shippers make more of them. No field that the oracle scores is changed, so the oracle stays exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from data.reference.dangerous_goods import Known, by_un_no
from data.simulator.oracle_posterior import Flags

Rows = pd.DataFrame
Mask = pd.Series


def _put(column: str, value: Any) -> Callable[[Rows], Rows]:
    return lambda rows: rows.assign(**{column: value})


def _of(*un_nos: str) -> Callable[[Rows], Mask]:
    return lambda rows: rows["un_no"].isin(un_nos)


def _has(column: str) -> Callable[[Rows], Mask]:
    return lambda rows: rows["un_no"].notna() & rows[column].notna()


def _flammable(rows: Rows) -> Mask:
    return rows["hazard_class"].eq("3")


def _strict_flammable(rows: Rows) -> Mask:
    """Class 3, packing group II, UN numbers that also have group III and are not viscous goods."""
    return _flammable(rows) & rows["packing_group"].eq("II") & rows["un_no"].isin(("1170", "1268", "1987", "1120"))


def _polluting(rows: Rows) -> Mask:
    """Declared marine pollutants whose UN number is one in every packing group."""
    listed = rows["un_no"].map(_is_pollutant, na_action="ignore")
    return rows["marine_pollutant"].eq(True).fillna(False) & listed.eq(True)


def _is_pollutant(un_no: str) -> bool:
    return all(entry.marine_pollutant is Known.YES for entry in by_un_no(un_no))


def _without_subsidiary(rows: Rows) -> Mask:
    return rows["subsidiary_hazards"].notna()


def _one_group(rows: Rows) -> Mask:
    """UN numbers without packing group I."""
    first = rows["un_no"].map(_has_group_i, na_action="ignore")
    return rows["packing_group"].isin(("II", "III")) & first.eq(False)


def _has_group_i(un_no: str) -> bool:
    return any(entry.packing_group == "I" for entry in by_un_no(un_no))


def _wrong_digit(column: str) -> Callable[[Rows], Rows]:
    def changed(rows: Rows) -> Rows:
        last = rows[column].str[-1].map(lambda digit: "1" if digit != "1" else "7")
        return rows.assign(**{column: rows[column].str[:-1] + last})

    return changed


def _shifted(column: str, days: int) -> Callable[[Rows], Rows]:
    return lambda rows: rows.assign(**{column: rows["packed_on"] + pd.Timedelta(days=days)})


FAULTS: Final[Mapping[str, tuple[Callable[[Rows], Mask], Callable[[Rows], Rows]]]] = {
    "unknown_number": (_of("1263", "3082", "1760", "3077"), _put("un_no", "9213")),
    "class_differs": (_flammable, _put("hazard_class", "9")),
    "subsidiary_missing": (_without_subsidiary, _put("subsidiary_hazards", None)),
    "group_not_allowed": (_one_group, _put("packing_group", "I")),
    "name_differs": (_flammable, _put("shipping_name", "SODIUM HYDROXIDE SOLUTION")),
    "technical_name_missing": (_has("technical_name"), _put("technical_name", None)),
    "flash_point_missing": (_flammable, _put("flash_point_c", np.nan)),
    "flash_point_too_high": (_flammable, _put("flash_point_c", 93.0)),
    "group_against_flash_point": (_strict_flammable, _put("flash_point_c", 38.0)),
    "marine_pollutant_denied": (_polluting, _put("marine_pollutant", False)),
    "schedule_differs": (_flammable, _put("ems", "F-A S-B")),
    "net_above_gross": (_has("net_mass_kg"), lambda rows: rows.assign(net_mass_kg=rows["gross_mass_kg"] + 400)),
    "mark_malformed": (_has("un_mark"), _put("un_mark", "UN APPROVED")),
    "mark_too_weak": (lambda rows: _has("un_mark")(rows) & rows["packing_group"].eq("II"),
                      lambda rows: rows.assign(un_mark=rows["un_mark"].str.replace("/Y", "/Z"))),
    "vessel_number": (_has("vessel_imo"), _wrong_digit("vessel_imo")),
    "box_type": (_has("box_type"), _put("box_type", "2XZ9")),
    "certificate_of_another_box": (_has("certificate_box_no"), _put("certificate_box_no", "HZLU4710815")),
    "certificate_dates": (_has("certificate_on"), _shifted("certificate_on", -9)),
    "charcoal_dates": (_of("1361"), _shifted("produced_on", -5)),
    "charcoal_temperature": (_of("1361"), _put("packing_temp_c", 55.0)),
    "test_summary": (_of("3480", "3481", "3090"), _put("test_summary_no", None)),
    "seed_cake": (_of("1386", "2217"), _put("moisture_percent", np.nan)),
    "fish_meal": (_of("2216"), _put("antioxidant", False)),
}  # fmt: skip

# Faults in columns of the box, which are changed in all of its rows.
_OF_THE_BOX: Final = ("box_type", "vessel_number", "certificate_of_another_box", "certificate_dates")


def plant(rng: np.random.Generator, table: pd.DataFrame, chosen: Flags) -> tuple[pd.DataFrame, dict[str, str]]:
    """Plant one fault in each of the `chosen` boxes (one flag per row, equal within a declaration).

    Returns the declarations, and the name of the fault planted in each declaration. A fault is planted in every line
    item of the box that it fits.
    """
    names = np.array(list(FAULTS))
    fits = np.column_stack([mask(table).to_numpy(dtype=bool) for mask, _ in FAULTS.values()]) & chosen[:, None]
    ids = table["declaration_id"].to_numpy(dtype=object)
    possible = pd.DataFrame(fits).groupby(ids, sort=True).any()
    draws = possible.to_numpy() * rng.random(possible.shape)
    some = draws.any(axis=1)
    planted = dict(zip(possible.index.to_numpy()[some], names[draws[some].argmax(axis=1)], strict=True))
    which = pd.Series(ids).map(planted).to_numpy(dtype=object)
    result = table.reset_index(drop=True)
    for place, (name, (_, change)) in enumerate(FAULTS.items()):
        of_the_box = np.full(len(which), name in _OF_THE_BOX)
        here = np.flatnonzero(np.equal(which, name) & (fits[:, place] | of_the_box)).tolist()
        if here:
            changed = change(result.loc[here])
            for column in changed.columns:
                if not changed[column].equals(result.loc[here, column]):
                    result.loc[here, column] = changed[column].astype(result[column].dtype)
    return result, planted

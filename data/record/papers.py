"""Papers: the versions of statements, each as one row, and what its goods come to."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from data.records import GOODS_FACTS, STATEMENT_BOX_KEY

# A paper is one whatever its version.
PAPER: Final = ("document", "document_no", "box_no")
# A paper is dated by the day of the place; instants are UTC, and its night is the day before.
_PLACE: Final = "Asia/Shanghai"


def papers_of(statements: pd.DataFrame) -> pd.DataFrame:
    """One row a version of a paper and box, in order of statement; its lines become `goods_*` columns.

    `goods_description` is the first line's description, or its shipping name; the others are what the lines say
    together (`together`).
    """
    lines = statements.sort_values([*STATEMENT_BOX_KEY, "line_no"], kind="stable")
    words = lines["description"].where(lines["description"].notna(), lines["shipping_name"])
    groups = lines.assign(goods_description=words).groupby(list(STATEMENT_BOX_KEY), sort=False)
    papers = lines.drop_duplicates(list(STATEMENT_BOX_KEY)).reset_index(drop=True)
    papers["stated_on"] = papers["stated_at"].dt.tz_convert(_PLACE).dt.tz_localize(None).dt.normalize()
    goods = {"goods_description": groups["goods_description"].first()}
    for name in GOODS_FACTS:
        # One line is what most papers have; only the others are put together one by one.
        single = groups[name].first()
        several = groups.size() > 1
        found = single.copy()
        for key in single.index[several.to_numpy()]:
            found.loc[key] = together(groups.get_group(key)[name])
        goods[f"goods_{name}"] = found
    told = pd.DataFrame({name: values.reset_index(drop=True) for name, values in goods.items()})
    return pd.concat([papers, told], axis=1).sort_values("stated_at", kind="stable", ignore_index=True)


def together(values: pd.Series) -> Any:
    """What lines say together: the sum of masses where all are known, else the different codes in order."""
    known = values.dropna()
    if values.name in ("gross_mass_kg", "package_count"):
        return float(known.sum()) if len(known) == len(values) else None
    return " ".join(sorted(set(known))) or None


def latest(papers: pd.DataFrame, *within: str) -> pd.DataFrame:
    """The last version of each paper, by its number, then its instant; papers that it withdraws are left out.

    `within` names columns for each value of which the choice is made by itself.
    """
    ordered = papers.sort_values(["version", "stated_at"], kind="stable")
    last = ordered.drop_duplicates([*within, *PAPER], keep="last")
    return last[~last["withdrawn"].fillna(False).astype(bool)]

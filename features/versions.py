"""Versions of feature values, check results and history, as digests of code and tables.

Each is a digest of the code that computes the values, of the reference lists that the code reads, of the tables in code
(features, factors with prior variances, checks, columns), and of the port's time zone. The tables count without the
fields that do not change a value: theme, reason, unit, rule, note. Texts, other settings and libraries are not
covered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from data.record.declarations import filled, filled_rows
from data.records import DECLARATION_COLUMNS, GOODS_PAPERS, STATEMENT_COLUMNS
from data.settings import settings
from features.boxes import boxes_of_frame, boxes_of_rows
from features.checks.catalogue import CATALOGUE as CHECKS
from features.checks.check import Check
from features.checks.stage import check
from features.code_digest import Code, Name
from features.columns import columns_of_frame, columns_of_rows
from features.definitions.catalogue import CATALOGUE, matrix
from features.definitions.factors import FACTORS, Factor
from features.definitions.feature import Feature, Gathered
from features.history.state import History, log_of, replay

_ROOT: Final = Path(__file__).parents[1]
_LISTS: Final = ("data/reference", "data/parties")
# The first step of every value: a declared row, filled from other papers, as columns.
_COLUMNS: Final = (filled, filled_rows, columns_of_frame, columns_of_rows)
_CHECKED: Final = (*_COLUMNS, check)
_HISTORY: Final = (*_CHECKED, boxes_of_frame, boxes_of_rows, History, replay, log_of)
# Number of digests in the var folder: three for each of some versions of the code.
_KEPT_DIGESTS: Final = 12
# Tables whose entries are digested one by one below, settings, and texts.
_LEFT_OUT: Final = (
    Name("data.records", "DECLARATION_COLUMNS"),
    Name("data.records", "GOODS_PAPERS"),
    Name("data.records", "STATEMENT_COLUMNS"),
    Name("data.settings", "settings"),
    Name("data.texts", "both"),
    Name("data.texts", "table"),
    Name("data.texts", "text"),
    Name("features.definitions.catalogue", "CATALOGUE"),
    Name("features.checks.catalogue", "CATALOGUE"),
    Name("features.definitions.factors", "FACTORS"),
)

Function = Callable[..., Any]


@cache
def features_version() -> str:
    """The version of the feature values, 16 hex digits; a model only scores the version that it was trained on."""
    return version_of_features(product_code())


@cache
def checks_version() -> str:
    """The version of the check results, 16 hex digits; stored results of another version are invalid."""
    return version_of_checks(product_code())


@cache
def history_version() -> str:
    """The version of the history, 16 hex digits; a snapshot of another version is rebuilt.

    It covers the checks, since the history counts declarations with faults.
    """
    return version_of_history(product_code())


@cache
def product_code() -> Code:
    """The source of this installation."""
    return Code(_ROOT, ("data", "features"), _LISTS)


def version_of_features(
    code: Code,
    features: Sequence[Feature] = CATALOGUE,
    factors: Sequence[Factor] = FACTORS,
    checks: Sequence[Check] = CHECKS,
) -> str:
    """`features_version` of other source, or of other tables."""
    facts = [*_features(features), *_factors(factors), *_checks(checks), *_columns()]
    computes = [feature.compute for feature in features]
    return _version(code, facts, (matrix, *computes, *_HISTORY, *_measures(factors), *_functions(checks)))


def version_of_checks(code: Code, checks: Sequence[Check] = CHECKS) -> str:
    """`checks_version` of other source, or of other checks."""
    return _version(code, [*_checks(checks), *_columns()], (*_CHECKED, *_functions(checks)))


def version_of_history(code: Code, factors: Sequence[Factor] = FACTORS, checks: Sequence[Check] = CHECKS) -> str:
    """`history_version` of other source, or of other tables."""
    facts = [*_factors(factors), *_checks(checks), *_columns()]
    return _version(code, facts, (*_HISTORY, *_measures(factors), *_functions(checks)))


def _version(code: Code, facts: Iterable[str], functions: Iterable[Function]) -> str:
    digest = _digest(code, sorted({*map(_defined_at, functions)}))
    return blake2b("\n".join([*facts, digest]).encode(), digest_size=8).hexdigest()


def _digest(code: Code, starts: Sequence[Name]) -> str:
    """The digest of the reached definitions; read from the var folder if it was computed from the same source before.

    Following the definitions takes half a second of each start, reading all files some milliseconds.
    """
    path, content = settings().var / "code_digests.json", code.content
    key = blake2b(repr((content, starts, _LEFT_OUT)).encode(), digest_size=16).hexdigest()
    try:
        kept = {name: digest for name, digest in json.loads(path.read_text()).items() if isinstance(digest, str)}
    except (OSError, ValueError, AttributeError):
        kept = {}
    if key not in kept:
        kept[key] = code.reach(starts, _LEFT_OUT).digest
        # A folder that cannot be written to costs only the time.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            made = path.with_suffix(f".{os.getpid()}")
            made.write_text(json.dumps(dict(list(kept.items())[-_KEPT_DIGESTS:])))
            made.replace(path)
    return kept[key]


def _features(features: Iterable[Feature]) -> Iterator[str]:
    for one in features:
        # The effect features of a family are combined outside the trees, so the version covers which these are.
        effect = one.family if one.explained_by else None
        yield f"feature {one.name} {_function(one.compute)} rises {sorted(one.rises_with)} effect {effect}"


def _factors(factors: Iterable[Factor]) -> Iterator[str]:
    for one in factors:
        variances = {family.value: prior.prior_variance for family, prior in one.effects_by_family.items()}
        value = _function(one.value) if one.value else None
        yield f"factor {one.name} {variances} {value} {one.edges}"


def _checks(checks: Iterable[Check]) -> Iterator[str]:
    for one in checks:
        yield f"check {one.code} {one.topic} {one.severity} over {one.over} {_function(one.function)}"


def _columns() -> Iterator[str]:
    for one in (*DECLARATION_COLUMNS, *STATEMENT_COLUMNS):
        yield f"column {one.part} {one.name} {one.kind}"
    yield f"papers {list(GOODS_PAPERS)}"
    # The only setting that changes a value: dates on papers and the hour of filing are in local time.
    yield f"time zone {settings().time_zone}"


def _measures(factors: Iterable[Factor]) -> list[Function]:
    return [one.value for one in factors if one.value]


def _functions(checks: Iterable[Check]) -> list[Function]:
    return [one.function for one in checks]


def _function(function: Function) -> str:
    """Text for a function: its qualified name, with bound arguments or, for a `Gathered` column, with its fields."""
    place = f"{_bare(function).__module__}.{_bare(function).__qualname__}"
    if isinstance(function, Gathered):
        return f"{place} {[f'{name}={value!s}' for name, value in sorted(vars(function).items())]}"
    if not isinstance(function, partial):
        return place
    bound = {name: str(value) for name, value in sorted(function.keywords.items())}
    return f"{place} {[str(value) for value in function.args]} {bound}"


def _defined_at(function: Function) -> Name:
    """The top-level definition that contains a function or class."""
    return Name(_bare(function).__module__, _bare(function).__qualname__.partition(".")[0])


def _bare(function: Any) -> Any:
    if isinstance(function, Gathered):
        return type(function)
    return function.func if isinstance(function, partial) else function

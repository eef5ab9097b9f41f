"""Protects the versions: what changes a value changes them, what only names something to a reader does not."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from data.records import DECLARATION_COLUMNS, Kind
from data.settings import Settings, settings
from features import versions
from features.boxes import boxes_of_frame, boxes_of_rows
from features.checks.catalogue import CATALOGUE as CHECKS
from features.checks.stage import check
from features.code_digest import Code, Name
from features.definitions.catalogue import CATALOGUE, matrix
from features.definitions.context import FeatureContext
from features.definitions.factors import FACTORS
from features.history.outcomes import inspected_rows
from features.history.state import History
from features.text.likely_goods import recogniser
from features.versions import (
    checks_version,
    features_version,
    history_version,
    version_of_checks,
    version_of_features,
    version_of_history,
)
from tests.features.arriving import Remembered
from tests.worlds import world

EXAMPLE = {column.name: column.example for column in DECLARATION_COLUMNS if column.kind in (Kind.TEXT, Kind.CODE)}
ROOT = Path(__file__).parents[2]
TABLES = ("data/reference", "data/parties")
Versions = tuple[str, str, str]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code and of the lists."""
    for package in ("data", "features"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _versions(root: Path) -> Versions:
    code = Code(root, ("data", "features"), TABLES)
    return version_of_features(code), version_of_checks(code), version_of_history(code)


def _changed(root: Path, path: str, before: str, after: str) -> str:
    """Which versions a change of the source changes: of the features (F), the checks (C), the history (H)."""
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {path}"
    file.write_text(text.replace(before, after), encoding="utf-8")
    ours = features_version(), checks_version(), history_version()
    return "".join(name for name, old, new in zip("FCH", ours, _versions(root), strict=True) if old != new)


def test_the_same_source_elsewhere_has_the_same_versions(tree: Path) -> None:
    assert _versions(tree) == (features_version(), checks_version(), history_version())
    assert len({len(version) for version in _versions(tree)}) == 1
    assert len(features_version()) == 16


def test_kept_digests_are_those_of_the_same_source(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process reads them instead of following the definitions; other source is followed."""
    monkeypatch.setattr(versions, "settings", lambda: Settings(var=tree / "var"))
    first = _versions(tree)
    with monkeypatch.context() as patched:
        patched.setattr(Code, "reach", None)
        assert _versions(tree) == first
    file = tree / "features" / "definitions" / "linked_firms.py"
    file.write_text(file.read_text() + "\n_MORE = 1\n")
    assert _versions(tree) == first
    (tree / "var" / "code_digests.json").write_text("no JSON")
    assert _versions(tree) == first


@pytest.mark.parametrize(
    ("path", "before", "after", "changes"),
    [
        # The constant of a feature, of a check, of a counter; code that only features use.
        ("features/definitions/shrinkage.py", "_PORT_STRENGTH: Final = ", "_PORT_STRENGTH: Final = 1.0 + ", "FH"),
        ("features/definitions/linked_firms.py", "_SILENT_DAYS: Final = 45.0", "_SILENT_DAYS: Final = 46.0", "F"),
        ("data/definitions/filing.py", "FILED_BEFORE_HOURS: Final = 24.0", "FILED_BEFORE_HOURS: Final = 25.0", "FCH"),
        ("features/checks/input.py", "AMENDMENT_42: Final = 42", "AMENDMENT_42: Final = 43", "FCH"),
        # Half-lives, and how names become keys.
        ("features/history/counters.py", '"_short": 60.0', '"_short": 61.0', "FH"),
        ("features/history/counters.py", "YEAR_DAYS: Final = 365.0", "YEAR_DAYS: Final = 366.0", "FH"),
        ("data/parties/names.py", "_LEAST_CORE: Final = ", "_LEAST_CORE: Final = 1 + ", "FH"),
        # Rows of lists.
        ("data/reference/dangerous_goods.csv", "\n0004,", "\n0005,", "FCH"),
        ("data/reference/trade_lanes.csv", "\nCN,", "\nCX,", "FH"),
        ("data/parties/trade_words.csv", "\n", "\n ", "FH"),
        ("data/reference/repairs.csv", "\n", "\n\n", ""),
        # Comments, docstrings, annotations, layout.
        (
            "features/definitions/timing.py",
            "from __future__ import annotations",
            "# Why.\nfrom __future__ import annotations",
            "",
        ),
        ("features/history/counters.py", '"""Half-life of a sum', '"""Half-life of each sum', ""),
        (
            "features/history/counters.py",
            "HALF_LIVES_DAYS: Final = {",
            "HALF_LIVES_DAYS: Final[dict[str, float]] = {",
            "",
        ),
        ("features/history/counters.py", '{"": YEAR_DAYS, "_short"', '{\n    "": YEAR_DAYS,\n    "_short"', ""),
        # Words for readers.
        ("data/texts/features.csv", "\nreason.goods,", "\nreason.cargo,", ""),
        ("features/definitions/reason_groups.py", "def history_reason", "def reason_of_history", ""),
    ],
)
def test_what_a_change_of_the_source_changes(tree: Path, path: str, before: str, after: str, changes: str) -> None:
    if path.endswith(".csv"):
        text = (tree / path).read_text(encoding="utf-8")
        before, after = text, text.replace(before, after, 1)
        assert before != after
    assert _changed(tree, path, before, after) == changes


def test_line_endings_do_not_count(tree: Path) -> None:
    for path in (*tree.rglob("*.csv"), *tree.rglob("*.py")):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert _versions(tree) == (features_version(), checks_version(), history_version())


def test_what_names_a_feature_to_a_reader_is_no_part_of_the_version() -> None:
    code = versions.product_code()
    first, *others = CATALOGUE
    unchanged: list[dict[str, Any]] = [
        {"reason": "x"}, {"theme": CATALOGUE[-1].theme}, {"unit": CATALOGUE[-1].unit}, {"key": "x"},
    ]  # fmt: skip
    changed: list[dict[str, Any]] = [
        {"name": "x"}, {"rises_with": CATALOGUE[4].rises_with}, {"compute": others[0].compute},
    ]  # fmt: skip
    for change in unchanged:
        assert version_of_features(code, [dataclasses.replace(first, **change), *others]) == features_version()
    for change in changed:
        assert version_of_features(code, [dataclasses.replace(first, **change), *others]) != features_version()
    assert version_of_features(code, [*others, first]) != features_version()


def test_a_prior_variance_is_part_of_the_version() -> None:
    code = versions.product_code()
    first, second, *others = FACTORS
    assert second.declaration is not None
    other = dataclasses.replace(second, declaration=dataclasses.replace(second.declaration, prior_variance=0.41))
    assert version_of_features(code, factors=[first, other, *others]) != features_version()
    assert version_of_history(code, factors=[first, other, *others]) != history_version()
    named = dataclasses.replace(second, declaration=dataclasses.replace(second.declaration, explained_by="x"))
    assert version_of_features(code, factors=[first, named, *others]) == features_version()


def test_a_severity_is_part_of_all_versions_and_a_rule_of_none() -> None:
    code = versions.product_code()
    first, *others = CHECKS
    other = next(check.severity for check in CHECKS if check.severity is not first.severity)
    heavier = [dataclasses.replace(first, severity=other), *others]
    assert version_of_features(code, checks=heavier) != features_version()
    assert version_of_checks(code, heavier) != checks_version()
    assert version_of_history(code, checks=heavier) != history_version()
    assert version_of_checks(code, [dataclasses.replace(first, rule="1.1"), *others]) == checks_version()


def test_of_the_settings_the_time_zone_is_part(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = _versions(tree)
    assert _changed(tree, "data/settings.py", "seed: int = Field(2026", "seed: int = Field(2027") == ""
    monkeypatch.setenv("HAZLANE_TIME_ZONE", "Europe/Berlin")
    settings.cache_clear()
    try:
        assert not set(_versions(tree)) & set(ours)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_every_function_that_runs_for_a_feature_is_part_of_the_version() -> None:
    """Compare the definitions that the digest reaches with the functions called for boxes of a simulated port."""
    called: set[Name] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        module = frame.f_globals.get("__name__", "")
        made = frame.f_code.co_filename.startswith("<")
        if event == "call" and module.split(".")[0] in ("data", "features") and not made:
            called.add(Name(module, frame.f_code.co_qualname.partition(".")[0]))

    port = world()
    filled_in = {**EXAMPLE, "declaration_id": "D", "declared_at": datetime(2026, 1, 1, tzinfo=UTC)}
    recogniser()  # Learned before, since learning under a profiler takes a minute.
    rows = inspected_rows(port.inspections.head(200))
    sys.setprofile(note)
    try:
        history, facts = History(), Remembered()
        boxes = check(boxes_of_frame(port.declarations.head(200)))
        facts.add(boxes)
        profiles = history.follow(boxes, rows, facts)
        one = check(boxes_of_rows([filled_in]))
        for some, known in ((boxes, profiles), (one, history.read(one, history.clock))):
            matrix(FeatureContext(some, known))
    finally:
        sys.setprofile(None)
    starts = [versions._defined_at(one) for one in _starts()]
    reached = versions.product_code().reach(starts, versions._LEFT_OUT).names
    others = {f"{module}.{name}" for module, name in called - set(reached) if not name.startswith("<")}
    # Texts for readers, the conversion of inspection rows, and the settings; the version covers the time zone itself.
    outside = {"data.texts.both", "data.texts.table", "data.texts.text", "features.history.outcomes.inspected_rows"}
    outside |= {"data.settings.settings", "data.settings.Settings"}
    assert others <= outside
    assert len(called) > 100


def _starts() -> list[Callable[..., object]]:
    functions = [feature.compute for feature in CATALOGUE] + [factor.value for factor in FACTORS if factor.value]
    return [matrix, *functions, *versions._HISTORY, *(check.function for check in CHECKS)]

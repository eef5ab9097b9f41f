"""Protects the digest of source: the same for the same code, over folders and Python versions."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from features.code_digest import Code, Name

ROOT = Path(__file__).parents[2]
SOURCE = '''"""A module."""
import re as regex
from ours.other import LIMIT, helper
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from ours.other import Shape

TABLE: dict[str, int] = {"a": 1, "é": -2}
for key in ("b",):
    TABLE[key] = 3

def start(shape: Shape, *rest: int, scale: float = 1.5) -> str:
    """What it does."""
    # Why.
    total = sum(one * scale for one in rest if one > LIMIT)
    with open("list.csv") as lines:
        return f"{total:,.3f} " f"{{x}} " "of " f"{shape.size()!r:>{len(rest)}}" + lines.read()

def unused() -> int:
    return helper()
'''
OTHER = """
LIMIT = 3
class Shape:
    sides: int
    def size(self): return area(self.sides)
def area(n: int): return n ** 2
def helper(): return 1
"""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A package `ours` with two modules and a list."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "one.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "ours" / "other.py").write_text(OTHER, encoding="utf-8")
    (tmp_path / "ours" / "list.csv").write_text("a,b\n", encoding="utf-8")
    return tmp_path


def _digest(root: Path) -> str:
    return Code(root, ("ours",)).reach([Name("ours.one", "start")]).digest


def test_names_are_followed_through_imports_annotations_and_attributes(ours: Path) -> None:
    reached = Code(ours, ("ours",)).reach([Name("ours.one", "start")])
    assert [".".join(name) for name in reached.names] == [
        "ours.one.<0>", "ours.one.TABLE", "ours.one.key", "ours.one.start", "ours.other.LIMIT", "ours.other.Shape",
        "ours.other.area",
    ]  # fmt: skip
    assert [path.name for path in reached.tables] == ["list.csv"]


def test_the_digest_is_the_same_on_every_python(ours: Path) -> None:
    """Recorded on Python 3.11, 3.12 and 3.13."""
    assert _digest(ours) == "8df8324df6268528"


def test_other_pythons_on_this_machine_give_the_same_digest_of_the_product() -> None:
    script = (
        "from pathlib import Path; from features.code_digest import Code, Name;"
        "code = Code(Path.cwd(), ('data', 'features'), ('data/reference', 'data/parties'));"
        "print(code.reach([Name('features.definitions.catalogue', 'CATALOGUE'), Name('features.history.state', "
        "'History')]).digest)"
    )
    starts = [Name("features.definitions.catalogue", "CATALOGUE"), Name("features.history.state", "History")]
    ours = Code(ROOT, ("data", "features"), ("data/reference", "data/parties")).reach(starts).digest
    others = _other_pythons()
    if not others:
        pytest.skip("This machine has no Python 3.12 or 3.13 beside the one of the tests.")
    for found in others:
        done = subprocess.run([found, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == ours, found


def _other_pythons() -> list[str]:
    """Pythons 3.12 and 3.13 that start, without any packages."""
    named = [shutil.which(f"python3.{minor}") for minor in (12, 13)]
    kept = [str(path) for minor in (12, 13) for path in Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python")]
    return [
        one for one in (*named, *kept) if one and not subprocess.run([one, "-c", ""], capture_output=True).returncode
    ]


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ("scale: float = 1.5", "scale: float = 1.6", True),
        ("LIMIT)", "LIMIT - 1)", True),
        ('"of "', '"off "', True),
        ("TABLE[key] = 3", "TABLE[key] = 4", True),
        ("{shape.size()!r", "{shape.size()!s", True),
        ("# Why.", "# Because.", False),
        ("What it does.", "What it did.", False),
        ("-> str", "-> bytes", False),
        ("TABLE: dict[str, int] = ", "TABLE = ", False),
        ('"{total:,.3f} " f"{{x}} "', '"{total:,.3f} {{x}} "', False),
        ("    return helper()", "    return helper() + 1", False),
    ],
)
def test_only_what_the_code_does_counts(ours: Path, before: str, after: str, counts: bool) -> None:
    held = _digest(ours)
    path = ours / "ours" / "one.py"
    assert SOURCE.count(before) == 1
    path.write_text(SOURCE.replace(before, after), encoding="utf-8")
    assert (_digest(ours) != held) == counts


def test_a_list_that_is_named_counts_whatever_its_line_endings(ours: Path) -> None:
    held = _digest(ours)
    (ours / "ours" / "list.csv").write_bytes(b"a,b\r\n")
    assert _digest(ours) == held
    (ours / "ours" / "list.csv").write_bytes(b"a,c\n")
    assert _digest(ours) != held


def test_what_is_left_out_is_not_followed(ours: Path) -> None:
    code = Code(ours, ("ours",))
    without = code.reach([Name("ours.one", "start")], [Name("ours.other", "Shape")])
    assert not {Name("ours.other", "Shape"), Name("ours.other", "area")} & set(without.names)


def test_a_name_that_is_not_there_is_an_error(ours: Path) -> None:
    with pytest.raises(KeyError, match="begin"):
        Code(ours, ("ours",)).reach([Name("ours.one", "begin")])

"""Protects the documents: named commands, files, settings and links exist; generated pages are current."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli.main import COMMANDS
from data.settings import Settings
from features.history.counters import HALF_LIVES_DAYS, YEAR_DAYS
from models.explanation.reason_groups import MOST_REASONS
from training.fitting.configuration import shipped
from training.fitting.fit import MAX_TREES, MIN_LABELS
from training.fitting.train_at import LATER_SHARE, MIN_OPENINGS, RECENT_BOXES

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
STARTS = ("docs/getting-started.md", "docs/getting-started.zh.md")
TRANSLATED = (READMES, STARTS, *((f"docs/{name}.md", f"docs/{name}.zh.md") for name in ("officers", "limitations")))
MAX_README_BYTES = 6 * 1024
# Named by the documents as an example of a file to write.
EXAMPLES = ("data/store/migrations/versions/v0009_what_changes.py",)
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_INLINE = re.compile(r"`[^`\n]*`")
_GENERATED = re.compile(r"^\t\$\(RUN\) -m (\S+) > (\S+)$", re.MULTILINE)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _code(name: str) -> str:
    return "\n".join(_CODE.findall(_text(name)))


def _links(text: str) -> list[str]:
    """Targets of links and pictures outside code."""
    return [first or second for first, second in _LINK.findall(_INLINE.sub("code", _FENCE.sub("", text)))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", STARTS)
def test_getting_started_names_every_command_and_no_other(name: str) -> None:
    named = set(re.findall(r"\bhazlane ([a-z]\w*)", _code(name)))
    assert named == set(COMMANDS)


@pytest.mark.parametrize("name", READMES)
def test_a_readme_is_short(name: str) -> None:
    assert len((ROOT / name).read_bytes()) <= MAX_README_BYTES


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_targets_and_modules_that_are_named_exist(page: Path) -> None:
    code = _code(_name(page))
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", code)) <= targets
    assert set(re.findall(r"\bhazlane ([a-z]\w*)", code)) <= set(COMMANDS)
    modules = [name for name in re.findall(r"python -m ([\w.]+)", code) if name.split(".")[0] != "pytest"]
    assert [name for name in modules if find_spec(name) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_relative_link_and_picture_exists(page: Path) -> None:
    links = _links(page.read_text(encoding="utf-8"))
    inside = [link.split("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]
    assert [target for target in inside if not (page.parent / target).exists()] == []


def _anchors(page: Path) -> set[str]:
    """Anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_to_a_heading_finds_it(page: Path) -> None:
    links = [link.split("#") for link in _links(page.read_text(encoding="utf-8")) if "#" in link and ":" not in link]
    targets = [(page.parent / name if name else page, anchor) for name, anchor in links]
    assert [(str(target), anchor) for target, anchor in targets if anchor not in _anchors(target)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_file_and_folder_that_is_named_exists(page: Path) -> None:
    folders = "data|features|models|training|serving|cli|benchmarks|docs|tests"
    named = re.findall(
        rf"`((?:{folders})/[\w/.-]*(?:\.py|\.csv|\.md|/)|(?:{folders})/)`", page.read_text(encoding="utf-8")
    )
    assert [name for name in named if name not in EXAMPLES and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\bHAZLANE_[A-Z][A-Z_]*", page.read_text(encoding="utf-8")))
    assert named <= {f"HAZLANE_{field.upper()}" for field in Settings.model_fields}


@pytest.mark.parametrize("pages", TRANSLATED, ids=lambda pages: pages[0])
def test_a_page_and_its_translation_have_the_same_shape(pages: tuple[str, str]) -> None:
    """Headings, code, tables, lists and links agree, except for the link from one page to the other."""
    shapes = []
    for name in pages:
        text = _text(name)
        fences = [re.sub(r"\s+#.*", "", fence) for fence in _FENCE.findall(text)]
        prose = _FENCE.sub("", text)
        lines = prose.splitlines()
        shapes.append(
            {
                "headings": re.findall(r"^#+(?= )", prose, re.MULTILINE),
                "code": fences,
                "table rows": sum(line.startswith("|") for line in lines),
                "list items": sum(line.startswith("- ") for line in lines),
                "links": [
                    target.replace(".zh.", ".")
                    for target, _ in _LINK.findall(prose)
                    if target not in {Path(page).name for page in pages}
                ],
                "figures": re.findall(r"<!--.*?-->", prose),
            }
        )
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(("module", "page"), _GENERATED.findall(_text("Makefile")))
def test_a_generated_page_is_what_its_generator_writes(module: str, page: str) -> None:
    written = subprocess.run([sys.executable, "-m", module], cwd=ROOT, capture_output=True, text=True, check=True)
    assert written.stdout == _text(page), "run `make docs`"


def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Strict mode fails on broken links; a page that loads a style or script from a host would not work offline."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = {path.stem for path in tmp_path.glob("*.html")}
    assert {path.stem for path in PAGES} - {"README"} | {"index"} <= pages
    loaded = r"""(?:<(?:script|img)[^>]+src|<link[^>]+href|url\()=?["']?(?:https?:)?//[^"')]*"""
    files = [path for path in tmp_path.rglob("*") if path.suffix in (".html", ".css")]
    assert [found for path in files for found in re.findall(loaded, path.read_text(encoding="utf-8"))] == []


def test_the_model_page_has_the_constants_of_the_code() -> None:
    page = _text("docs/model.md")
    reported = (
        f"Half-life {YEAR_DAYS:.0f} days",
        f"also with {HALF_LIVES_DAYS['_short']:.0f} days",
        f"and {HALF_LIVES_DAYS['_long']:,.0f} days",
        f"at most {MAX_TREES} trees",
        *(f"{family.value} {choice.parameters['num_leaves']}" for family, choice in shipped().families.items()),
        f"The last {LATER_SHARE:.0%}".replace("%", " %"),
        f"fewer than {MIN_LABELS} labels",
        f"Below {MIN_OPENINGS} opened boxes",
        f"at most {MOST_REASONS} in all",
        f"the {RECENT_BOXES:,} boxes declared last",
    )
    assert [fact for fact in reported if fact not in page] == []


def test_picture_and_both_commands_are_on_the_first_screen() -> None:
    for name in READMES:
        first = "\n".join(_text(name).splitlines()[:12])
        assert "docs/img/box.png" in first
        assert "make demo" in first
        assert "make test" in first


def test_pre_commit_runs_the_checks_of_make_lint() -> None:
    """The hooks run the commands of `make lint` in the same environment, and download nothing."""
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", _text("Makefile"), re.MULTILINE)
    checks = [line.strip().replace("$(RUN)", ".venv/bin/python") for line in recipe.splitlines()]
    hooks = _text(".pre-commit-config.yaml")
    assert re.findall(r"repo: (.+)", hooks) == ["local"]
    assert re.findall(r"entry: (.+)", hooks) == checks


def test_ci_runs_make_test_only() -> None:
    commands = [line for line in _text(".ci/run").splitlines() if line and not line.startswith("#")]
    assert commands == ["set -e", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "make test"]

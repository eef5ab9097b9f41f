"""Hooks of `mkdocs build`: the pages of the project's folder join those of docs/, and links between them are kept."""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import normpath
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parents[1]
# Files of the project's folder and the page of the site that each becomes.
PAGES: Final = {
    "README.md": "index.md",
    "README.zh.md": "README.zh.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "LICENSE": "LICENSE.txt",
}
_LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the project's folder."""
    for name, page in PAGES.items():
        files.append(File.generated(config, page, content=(ROOT / name).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point each link at the page of the site; a link to a file that is no page becomes its text."""
    of_root = page.file.src_uri in PAGES.values()

    def moved(found: re.Match[str]) -> str:
        picture, text, target, anchor = found[1], found[2], found[3], found[4] or ""
        if not target or ":" in target:
            return found[0]
        place = target if of_root else normpath(f"docs/{target}")
        uri = PAGES.get(place) or place.removeprefix("docs/")
        if files.get_file_from_path(uri) is None and (ROOT / place).exists():
            return text
        return f"{picture}[{text}]({uri}{anchor})"

    return _LINK.sub(moved, markdown)

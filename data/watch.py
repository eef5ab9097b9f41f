"""Find complete and new files in a folder by polling, because network shares send no events."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# Endings of files that are still being written.
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".filepart", "~")


class Folder:
    """A watched folder. Each poll returns the files that did not change since the poll before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[Path, tuple[int, int]] = {}
        self._taken: dict[Path, tuple[int, int]] = {}

    def poll(self) -> list[Path]:
        """Files that did not change since the last poll and were not returned before in this state, by name."""
        now = {path: stamp for path in sorted(self._path.iterdir()) if (stamp := _stamp(path)) is not None}
        ready = [path for path, stamp in now.items() if self._seen.get(path) == stamp != self._taken.get(path)]
        self._seen = now
        self._taken.update({path: now[path] for path in ready})
        return ready


def _stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of the last change; None for folders, temporary files and files that no longer exist."""
    if path.name.startswith((".", "~$")) or path.name.endswith(_UNFINISHED):
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if path.is_file() else None

"""Lists the files that belong to the project, as a clone would have them: changes nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]

_NOT_OURS = frozenset({".git", ".venv", "var", "__pycache__", "build", "dist"})
_NOT_TEXT = frozenset({".png", ".jpg", ".webp", ".ico", ".woff2", ".pyc", ".db"})


def tracked_files() -> list[Path]:
    """Return every file in the clone, and new ones that are not ignored; all files without git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return sorted(path for path in PROJECT.rglob("*") if path.is_file() and _is_ours(path))
    names = done.stdout.decode().split("\0")
    return sorted(path for name in names if name and (path := PROJECT / name).is_file())


def lines_of(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield each line of each text file with its place as `path:number`."""
    for path in files:
        if path.suffix in _NOT_TEXT:
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
            yield f"{path.relative_to(PROJECT)}:{number}", line


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(PROJECT).parts
    return not _NOT_OURS.intersection(parts) and not any(part.endswith("-info") for part in parts)

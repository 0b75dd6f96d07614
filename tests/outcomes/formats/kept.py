"""The files of the sample release, kept; `python -m tests.outcomes.formats.kept` rewrites them.

What is JSON is kept with line breaks, the workbook as the text of its cells, so that a difference
can be read. Sizes and hashes of the workbook belong to the library that wrote it and are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from outcomes.episode import Audience
from outcomes.formats.bundle import OutFile, files_of
from outcomes.formats.projection import SCHEMA_NAME
from tests.outcomes.formats.xlsx import tabs_of
from tests.outcomes.sample import sample_release

GOLDEN = Path(__file__).with_name("golden")
KEPT = (("2026/27-Q3", Audience.DERBY_CITY), ("2026/27", Audience.ICB))
_LONG = ("measurereport.json", "release.json", "datapackage.json")
"""Kept for one of the two only: the other would say nothing new on thousands of lines."""


def kept_files() -> Iterator[tuple[Path, str]]:
    """Give what is kept: where, and the text."""
    for period, audience in KEPT:
        release = sample_release(period)
        for file in files_of(release, audience):
            is_kept = audience is not Audience.ICB or file.name not in _LONG
            if is_kept and file.name != SCHEMA_NAME:
                name = f"{file.name}.txt" if file.name.endswith("xlsx") else file.name
                yield GOLDEN / release.period.slug / name, readable(file)


def readable(file: OutFile) -> str:
    """Give the content of a file as text that can be compared line by line."""
    if file.name.endswith(".xlsx"):
        lines = []
        for tab in tabs_of(file.content):
            lines += [f"== {tab.name}", *(" | ".join(map(str, row)) for row in tab.rows)]
        return "\n".join(lines) + "\n"
    if not file.name.endswith(".json"):
        return file.content.decode()
    content = json.loads(file.content)
    for each in content.get("resources", ()):
        if each["path"].endswith(".xlsx"):
            del each["bytes"], each["hash"]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def rewrite() -> None:
    """Write the files; the difference is to be reviewed like code."""
    for path, text in kept_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    rewrite()

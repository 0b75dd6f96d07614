"""Gives every file that an audience gets of a release; it renders none itself and works out none.

The same release and audience always give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.episode import Audience
from outcomes.formats.tidy import to_csv
from outcomes.release import Release


@dataclass(frozen=True, slots=True)
class OutFile:
    """One file to hand out: lower-case name without a folder, media type and content."""

    name: str
    media_type: str
    content: bytes


_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}


def files_of(release: Release, audience: Audience) -> tuple[OutFile, ...]:
    """Give every file of a release for one audience, in a fixed order.

    A council's files hold its own figures only. Raises `OutcomesError` rather than hand out a file
    that a spreadsheet could run.
    """
    return tuple(
        OutFile(name, _MEDIA_TYPES[name.rpartition(".")[2]], content)
        for name, content in to_csv(release, audience).items()
    )

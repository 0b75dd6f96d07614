"""You said, we did: what young people raised, how many, and what was done; it counts nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from outcomes.episode import Audience
from outcomes.formats.page import Row, row_of
from outcomes.indicators import Reply
from outcomes.pages.chapters import is_theme
from outcomes.pages.days import write_day
from outcomes.release import Release


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, and when, in words."""

    did: str
    on: str


@dataclass(frozen=True, slots=True)
class Raised:
    """One theme: how many raised it (or why that is not shown), and what was done about it."""

    title: str
    told: str
    short: str
    is_shown: bool
    deeds: tuple[Deed, ...]


def theme_rows(release: Release, footprint: Audience) -> tuple[Row, ...]:
    """Give how many raised each theme, for one footprint."""
    return tuple(
        row_of(release, each, release.definition_of(each))
        for each in release.figures
        if each.footprint is footprint and is_theme(release.definition_of(each))
    )


def raised(rows: Sequence[Row], replies: Sequence[Reply]) -> tuple[Raised, ...]:
    """Put themes and deeds together: first what was counted, then what has only a deed."""
    counted = {each.area for each in rows}
    themes = [
        Raised(
            title=_title(row, replies),
            told=row.sentence,
            short="Not shown." if row.value is None else f"{row.value} raised it.",
            is_shown=row.value is not None,
            deeds=_deeds(row.area, replies),
        )
        for row in rows
    ]
    others = dict.fromkeys(each.theme for each in replies if each.theme not in counted)
    for theme in others:
        title = next(each.title for each in replies if each.theme == theme)
        told = "How many raised it is not counted in this release."
        themes.append(Raised(title, told, "Not counted.", False, _deeds(theme, replies)))
    return tuple(themes)


def _title(row: Row, replies: Sequence[Reply]) -> str:
    """Give a theme its own short title, without what the measure says before it."""
    named = (each.title for each in replies if each.theme == row.area)
    return next(named, row.title.rpartition(": ")[2])


def _deeds(theme: str, replies: Sequence[Reply]) -> tuple[Deed, ...]:
    return tuple(
        Deed(each.did, write_day(date.fromisoformat(each.on)))
        for each in replies
        if each.theme == theme
    )

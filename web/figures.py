"""Draws what a release shows to an audience as pictures; works out no figure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, assert_never

from outcomes.definitions import Statistic
from outcomes.episode import Audience
from outcomes.figures import Shown, Symbol
from outcomes.formats.labels import PLACES
from outcomes.formats.page import group_star
from outcomes.release import Release
from pictures.changes import Change, draw_changes
from pictures.group import GroupRay, draw_group_star

FEWEST_RAYS: Final = 3
_WITHHELD: Final = "not shown"


class Drawing(StrEnum):
    """The pictures of a release."""

    STAR = "star.svg"
    CHANGES = "changes.svg"


def drawings_of(release: Release, audience: Audience) -> list[Drawing]:
    """Return the pictures that can be drawn for an audience: none where nothing may be shown."""
    star = group_star(release, audience)
    if not star.can_be_drawn or len(star.areas) < FEWEST_RAYS:
        return []
    return [Drawing.STAR, Drawing.CHANGES]


def draw(release: Release, audience: Audience, which: Drawing) -> bytes:
    """Return one picture as SVG."""
    match which:
        case Drawing.STAR:
            return _draw_star(release, audience)
        case Drawing.CHANGES:
            return _draw_changes(release, audience)
        case _:
            assert_never(which)


def _draw_star(release: Release, audience: Audience) -> bytes:
    rays = [
        GroupRay(each.label, _number(each.first), _number(each.last))
        for each in group_star(release, audience).areas
    ]
    return draw_group_star(
        rays,
        title=f"{PLACES[audience].title}, {release.period}: young people's stars",
        first_label="Mean at the start",
        last_label="Mean at the end",
        withheld_label=_WITHHELD,
    )


def _draw_changes(release: Release, audience: Audience) -> bytes:
    changes = [
        Change(
            each.area,
            _shown(each.change_mean),
            _shown(each.change_lower),
            _shown(each.change_upper),
        )
        for each in release.figures_for(audience)
        if each.footprint is audience
        and release.definition_of(each).statistic == Statistic.MEAN_CHANGE
    ]
    return draw_changes(
        changes,
        title=f"{PLACES[audience].title}, {release.period}: mean change",
        scale_label="steps from start to end; 0 is no change; lines are 95% intervals",
        withheld_label=_WITHHELD,
    )


def _shown(value: Shown) -> float | None:
    return None if isinstance(value, Symbol) else float(value)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))

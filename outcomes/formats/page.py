"""Puts a release into rows of plain sentences and one group star; it holds no markup."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, Symbol
from outcomes.formats.labels import PLACES
from outcomes.formats.sentences import (
    attrition_of,
    bounds_of,
    effect_of,
    interval_of,
    main_of,
    tell,
    value_of,
    why,
)
from outcomes.measures.measure import Statistic
from outcomes.release import Definition, Release


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as a reader sees it.

    `value` is short ("63%", "+0.6 steps"), None when it is not shown; then `reason` says why.
    `interval` says how sure the value is, `bounds` what it would be with those who are missing,
    `attrition` how those began who answered only at the start, `effect` how large a change is:
    each None where there is nothing to say. `breakdown` and `group` are `TOTAL` for everybody.
    """

    measure: str
    title: str
    area: str
    footprint: Audience
    place: str
    sentence: str
    value: str | None
    reason: str | None
    interval: str | None
    definition: str
    bounds: str | None = None
    attrition: str | None = None
    effect: str | None = None
    breakdown: str = TOTAL
    group: str = TOTAL


@dataclass(frozen=True, slots=True)
class GroupArea:
    """One area of the group star: means on the scale from 1 to 5, or None and the reason."""

    label: str
    first: Decimal | None
    last: Decimal | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class GroupStar:
    """The group's first and last means in every area, for one footprint."""

    footprint: Audience
    place: str
    areas: tuple[GroupArea, ...]

    @property
    def can_be_drawn(self) -> bool:
        """Say whether at least one area has means."""
        return any(each.first is not None for each in self.areas)


def row_of(release: Release, figure: Figure, definition: Definition) -> Row:
    """Give one figure of a release in plain words."""
    main = main_of(figure, definition)
    return Row(
        measure=figure.measure,
        title=definition.title,
        area=figure.area,
        footprint=figure.footprint,
        place=PLACES[figure.footprint].title,
        sentence=tell(figure, definition, is_rounded=release.policy.base > 1),
        value=value_of(figure, definition),
        reason=why(main),
        interval=interval_of(figure, definition),
        definition=definition.statement,
        bounds=bounds_of(figure),
        attrition=attrition_of(figure, base=release.policy.base),
        effect=effect_of(figure),
        breakdown=figure.breakdown,
        group=figure.group,
    )


def group_star(release: Release, footprint: Audience, instrument: str | None = None) -> GroupStar:
    """Give the group's first and last star for one footprint.

    `instrument` (`star@1`) picks one where there are several. An area where too few answered, or
    whose means are withheld, has None and a reason, never 0.
    """
    areas = []
    for each in release.figures:
        definition = release.definition_of(each)
        is_mean = definition.statistic == Statistic.MEAN_CHANGE and each.group == TOTAL
        fits = instrument in (None, definition.instrument)
        if each.footprint is footprint and is_mean and fits:
            areas.append(
                GroupArea(
                    label=each.area,
                    first=_number(each.first_mean),
                    last=_number(each.last_mean),
                    reason=why(each.first_mean),
                )
            )
    return GroupStar(footprint, PLACES[footprint].title, tuple(areas))


def _number(shown: int | Decimal | Symbol) -> Decimal | None:
    return None if isinstance(shown, Symbol) else Decimal(shown)

"""Puts a release into plain sentences and one group star for the commissioner's page; no markup."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from outcomes.definitions import Statistic
from outcomes.episode import Audience
from outcomes.figures import Figure, Shown, Symbol
from outcomes.formats.labels import PLACES, flow_title, step_title
from outcomes.notes import MEANINGS
from outcomes.release import Definition, Release

_HOW_TO_READ = "The likely range (95%) is from {lower} to {upper}."


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as a reader sees it.

    `value` is short ("63%", "+0.6 steps"), None when it is not shown; then `reason` says why.
    `interval` says how sure the value is, None when there is nothing to say.
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


@dataclass(frozen=True, slots=True)
class FlowRow:
    """How many came how far, as a reader sees it; `reason` says why a count is not shown."""

    people: str
    place: str
    footprint: Audience
    step: str
    is_reason: bool
    count: str | None
    reason: str | None


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


def as_rows(release: Release, audience: Audience) -> tuple[Row, ...]:
    """Give every figure an audience sees, in plain words, in the order of the release."""
    return tuple(_row(each, release.definition_of(each)) for each in release.figures_for(audience))


def flow_rows(release: Release, audience: Audience) -> tuple[FlowRow, ...]:
    """Give the flow an audience sees, in plain words, in the order of the release."""
    return tuple(
        FlowRow(
            people=flow_title(each.flow),
            place=PLACES[each.footprint].title,
            footprint=each.footprint,
            step=step_title(each),
            is_reason=each.is_reason,
            count=None if isinstance(each.episodes, Symbol) else f"about {each.episodes}",
            reason=_why(each.episodes),
        )
        for each in release.flow_for(audience)
    )


def group_star(release: Release, audience: Audience) -> GroupStar:
    """Give the group's first and last star for the audience's own footprint.

    An area where too few answered, or whose means are withheld, has None and a reason, never 0.
    """
    areas = tuple(
        GroupArea(
            label=each.area,
            first=None if isinstance(each.first_mean, Symbol) else Decimal(each.first_mean),
            last=None if isinstance(each.last_mean, Symbol) else Decimal(each.last_mean),
            reason=_why(each.first_mean),
        )
        for each in release.figures
        if each.footprint is audience
        and release.definition_of(each).statistic == Statistic.MEAN_CHANGE
    )
    return GroupStar(audience, PLACES[audience].title, areas)


def _row(figure: Figure, definition: Definition) -> Row:
    is_mean = definition.statistic == Statistic.MEAN_CHANGE
    main = figure.change_mean if is_mean else figure.percent
    return Row(
        measure=figure.measure,
        title=definition.title,
        area=figure.area,
        footprint=figure.footprint,
        place=PLACES[figure.footprint].title,
        sentence=_mean_sentence(figure) if is_mean else _rate_sentence(figure, definition),
        value=_value(main, is_mean=is_mean),
        reason=_why(main),
        interval=_mean_interval(figure) if is_mean else _rate_interval(figure),
        definition=definition.statement,
    )


def _rate_sentence(figure: Figure, definition: Definition) -> str:
    if isinstance(figure.numerator, Symbol) or isinstance(figure.denominator, Symbol):
        return f"Not shown: {_why(figure.percent)}."
    told = definition.sentence.format(n=figure.numerator, d=figure.denominator)
    return f"About {told}"


def _mean_sentence(figure: Figure) -> str:
    if isinstance(figure.change_mean, Symbol):
        return f"Not shown: {_why(figure.change_mean)}."
    return (
        f"About {figure.denominator} young people answered both times. Their mean went from "
        f"{figure.first_mean} at the start to {figure.last_mean} at the end, on steps from 1 to 5."
    )


def _value(main: Shown, *, is_mean: bool) -> str | None:
    if isinstance(main, Symbol):
        return None
    return f"{_signed(main)} steps" if is_mean else f"{main}%"


def _rate_interval(figure: Figure) -> str | None:
    lower, upper = figure.percent_lower, figure.percent_upper
    if isinstance(lower, Symbol) or isinstance(upper, Symbol):
        return None
    return _HOW_TO_READ.format(lower=f"{lower}%", upper=f"{upper}%")


def _mean_interval(figure: Figure) -> str | None:
    lower, upper = figure.change_lower, figure.change_upper
    if isinstance(lower, Symbol) or isinstance(upper, Symbol):
        return None
    told = _HOW_TO_READ.format(lower=_signed(lower), upper=_signed(upper))
    return f"{told} No clear change." if lower <= 0 <= upper else told


def _signed(steps: int | Decimal) -> str:
    """Write a change with its sign, and no change without one."""
    return f"{steps:+.1f}" if steps else "0.0"


def _why(shown: Shown) -> str | None:
    return MEANINGS[shown] if isinstance(shown, Symbol) else None

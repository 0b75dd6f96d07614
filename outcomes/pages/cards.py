"""Puts everything there is to say about one measure together; it works out no figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, Symbol
from outcomes.formats.labels import group_title, topic_title
from outcomes.formats.page import Row, row_of
from outcomes.formats.sentences import main_of, short_reason
from outcomes.measures.measure import PeriodRule, Statistic
from outcomes.pages.answering import Flow, paired_of, tell_paired
from outcomes.pages.chapters import UPTAKE, heading_of, is_theme, order_of
from outcomes.pages.series import Change, Series, compare, follow, write
from outcomes.quarter import Period, Quarter
from outcomes.release import Definition, Release

_LATER = {
    PeriodRule.CLOSED_A_QUARTER_AGO: 1,
    PeriodRule.CLOSED_THREE_QUARTERS_AGO: 3,
}


@dataclass(frozen=True, slots=True)
class Card:
    """One measure of one footprint: its words, its course, and who is behind it.

    `key` names it within the page. `short_reason` is a word or two for a picture where the figure
    is not shown. `paired` says how many can be compared, `about` which earlier quarter a figure is
    about that can be known late only; each is None where there is nothing to say. `paired_short` is
    `paired` for a table. `groups` are the lines of a year's breakdown, each with its figure.
    """

    key: str
    row: Row
    figure: Figure
    meaning: Definition
    series: Series
    short_reason: str
    change: Change | None
    paired: str | None
    paired_short: str
    about: str | None
    groups: tuple[tuple[Row, Figure], ...] = ()

    @property
    def title(self) -> str:
        """Give the title, with the area where it does not say it."""
        return with_area(self.row.title, self.row.area)

    @property
    def unit(self) -> str:
        """Give what follows the value in a list of numbers."""
        return unit_of(self.meaning)

    @property
    def is_share(self) -> bool:
        """Say whether the figure is a share of a hundred."""
        return self.meaning.statistic == Statistic.RATE

    @property
    def is_mean(self) -> bool:
        """Say whether the figure is a change of a mean."""
        return self.meaning.statistic == Statistic.MEAN_CHANGE

    @property
    def is_uptake(self) -> bool:
        """Say whether it counts who was reached, of one characteristic."""
        return heading_of(self.meaning).slug == UPTAKE

    @property
    def likely(self) -> str:
        """Give the likely range for a table, empty where there is none."""
        point = self.series.points[-1]
        if point.low is None or point.high is None:
            return ""
        low, high = (write(each, self.meaning.statistic) for each in (point.low, point.high))
        unit = "%" if self.is_share else ""
        return f"{low}{unit} to {high}{unit}"

    @property
    def people(self) -> str:
        """Give how many the figure is about for a table, empty where that is not shown."""
        numerator, denominator = self.figure.numerator, self.figure.denominator
        if isinstance(denominator, Symbol):
            return ""
        return (
            str(denominator) if isinstance(numerator, Symbol) else f"{numerator} of {denominator}"
        )

    @property
    def named_groups(self) -> tuple[tuple[Row, str], ...]:
        """Give the lines of a year's breakdown with their names."""
        return tuple((row, group_title(figure.group)) for row, figure in self.groups)

    @property
    def breakdown_title(self) -> str:
        """Say by what a year's figures are broken down."""
        return f"By {_lower(topic_title(self.groups[0][1].breakdown))}" if self.groups else ""


def with_area(title: str, area: str) -> str:
    """Add the area to the title of a measure, where it is about one and does not say it."""
    if area == TOTAL or area.lower() in title.lower():
        return title
    return f"{title}: {area}"


def unit_of(definition: Definition) -> str:
    """Give what follows a figure of a measure in a list of numbers."""
    match definition.statistic:
        case Statistic.RATE:
            return "%"
        case Statistic.MEAN_CHANGE:
            return " steps"
        case _:
            return ""


def cards_of(
    releases: Sequence[Release], footprint: Audience, flows: tuple[Flow, ...]
) -> tuple[Card, ...]:
    """Give every measure of the last of these releases for one footprint, in the page's order."""
    release = releases[-1]
    cards = [
        _card(releases, each, release.definition_of(each), flows)
        for each in release.figures
        if each.footprint is footprint and each.group == TOTAL
    ]
    wanted = [each for each in cards if not is_theme(each.meaning)]
    return tuple(sorted(wanted, key=lambda each: order_of(each.meaning)))


def _card(
    releases: Sequence[Release], figure: Figure, definition: Definition, flows: tuple[Flow, ...]
) -> Card:
    release = releases[-1]
    series = follow(releases, figure, definition)
    paired = paired_of(figure, definition, flows)
    return Card(
        key=slug_of(f"{figure.measure} {figure.area}"),
        row=row_of(release, figure, definition),
        figure=figure,
        meaning=definition,
        series=series,
        short_reason=short_reason(main_of(figure, definition)),
        change=compare(series, unit_of(definition)),
        paired=None if paired is None else tell_paired(paired, is_rounded=release.policy.base > 1),
        paired_short="" if paired is None else paired.short,
        about=_about(release.period, definition),
        groups=tuple(
            (row_of(release, each, definition), each)
            for each in release.figures
            if each.group != TOTAL
            and (each.measure, each.area, each.footprint)
            == (figure.measure, figure.area, figure.footprint)
        ),
    )


def _about(period: Period, definition: Definition) -> str | None:
    """Say which quarter a figure is about that can only be known later."""
    quarters = next((n for rule, n in _LATER.items() if rule == definition.period_rule), 0)
    if not quarters:
        return None
    if not isinstance(period, Quarter):
        return f"This is about support that ended up to {quarters} quarters earlier."
    years, number = divmod(period.starts * 4 + period.number - 1 - quarters, 4)
    return (
        f"This can only be known later: it is about support that ended in "
        f"{Quarter(years, number + 1)}."
    )


def slug_of(text: str) -> str:
    """Write a name so that it may stand in an address."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    return "-".join(filter(None, plain.split("-")))


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]

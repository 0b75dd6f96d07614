"""Draws what a report shows as pictures, each with its words and its table; works out no figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from outcomes.formats.labels import group_title
from outcomes.formats.page import GroupStar
from outcomes.formats.sentences import short_reason
from outcomes.pages.answering import Flow
from outcomes.pages.cards import Card
from outcomes.pages.others import Other
from outcomes.pages.report import Report
from pictures.changes import draw_changes, list_changes
from pictures.flow import FlowStep, Reasons, draw_flow, list_flow
from pictures.group import GroupRay, draw_group_star, list_group_star
from pictures.shares import Share, draw_shares, list_shares
from pictures.tables import TextTable
from pictures.trend import draw_trend, draw_trends, list_trend
from web.plot_data import (
    FIRST,
    HIDDEN_COUNT,
    LAST,
    OTHERS_WORDS,
    PLAIN_WORDS,
    SHARE_WORDS,
    WITHHELD,
    WORDS,
    change_of,
    number_of,
    other_trend,
    share_card,
    share_of,
    trend_of,
)

FEWEST_RAYS: Final = 3
MOST_SMALL: Final = 6
"""How many small plots a printed report has room for."""

_TREND_HEAD: Final = ("When", "Figure", "Likely range (95%)")
_OTHERS_HEAD: Final = ("Quarter", "Figure", "Range", "Target", "Elsewhere")
_SHARE_HEAD: Final = ("Measure", "Share", "Likely range (95%)", "Had none, or all, counted")


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture: its file name and title, what it says to who cannot see it, its table."""

    name: str
    title: str
    alt: str
    table: TextTable
    draw: Callable[[], bytes]


def plots_of(report: Report) -> Mapping[str, Plot]:
    """Return every picture of a report by its key; nothing is drawn yet."""
    return dict(_plots(report))


def _plots(report: Report) -> Iterator[tuple[str, Plot]]:
    where = f"{report.title}, {report.release.period}"
    for part in report.parts:
        for card in part.cards:
            yield from _card_plots(report, card, where)
        for key, cards in part.families:
            title = f"{cards[0].row.title}: {where}"
            shares = [replace(share_card(each), label=each.row.area) for each in cards]
            yield f"family-{key}", _shares(report, f"family-{key}", title, shares)
    yield from _overviews(report, where)
    for star in report.stars:
        if star.can_be_drawn and len(star.areas) >= FEWEST_RAYS:
            yield "star", _star(report, star, where)
            break
    for flow in report.flows:
        yield f"flow-{flow.slug}", _flow(report, flow, where)
    if report.flows:
        yield "stages", _stages(report, report.flows[0], where)
    for other in report.others:
        if other.is_worth_drawing:
            yield f"other-{other.slug}", _other(report, other)


def _plot(
    report: Report, key: str, title: str, table: TextTable, draw: Callable[[], bytes]
) -> Plot:
    alt = f"Picture: {title}. The table below it holds the same figures."
    return Plot(f"{report.place.value}.{key}.svg", title, alt, table, draw)


# --- one measure ----------------------------------------------------------------------------------


def _card_plots(report: Report, card: Card, where: str) -> Iterator[tuple[str, Plot]]:
    title = f"{card.title}: {where}"
    if card.is_share and not card.groups and not card.series.is_worth_drawing:
        yield f"share-{card.key}", _shares(report, f"share-{card.key}", title, [share_card(card)])
    if card.series.is_worth_drawing:
        trend = trend_of(f"{card.title}: {report.title}", card)
        has_range = any(each.low is not None for each in trend.moments)
        words = WORDS if has_range else PLAIN_WORDS
        table = list_trend(trend, head=_TREND_HEAD, absent="no figure", words=words)
        yield (
            f"trend-{card.key}",
            _plot(
                report,
                f"trend-{card.key}",
                f"{card.title} over time, {report.title}",
                table,
                partial(draw_trend, trend, words),
            ),
        )
    if card.groups and card.is_share:
        groups = [
            share_of("Everybody", card.figure, card.short_reason),
            *(
                share_of(group_title(figure.group), figure, short_reason(figure.percent))
                for _row, figure in card.groups
            ),
        ]
        key = f"groups-{card.key}"
        yield key, _shares(report, key, f"{title}. {card.breakdown_title}", groups)


def _shares(report: Report, key: str, title: str, shares: Sequence[Share]) -> Plot:
    table = list_shares(shares, head=_SHARE_HEAD)
    draw = partial(draw_shares, tuple(shares), title=title, words=SHARE_WORDS)
    return _plot(report, key, title, table, draw)


# --- over time ------------------------------------------------------------------------------------


def _overviews(report: Report, where: str) -> Iterator[tuple[str, Plot]]:
    """Give the pictures that put several measures side by side."""
    main = [each for each in report.main if each.is_share]
    if main:
        title = f"Main measures: {where}"
        yield "main", _shares(report, "main", title, [share_card(each) for each in main])
    moving = [each for each in main if each.series.is_worth_drawing][:MOST_SMALL]
    if moving:
        trends = [trend_of(each.title, each) for each in moving]
        title = f"Main measures over time: {report.title}"
        rows = tuple(
            (trend.title, *row)
            for trend in trends
            for row in list_trend(trend, head=_TREND_HEAD, absent="no figure", words=WORDS).rows
        )
        table = TextTable(("Measure", *_TREND_HEAD), rows)
        for key, columns in (("trends", 2), ("trends-wide", 3)):
            draw = partial(draw_trends, trends, columns=columns, title=title, words=WORDS)
            yield key, _plot(report, key, title, table, draw)
    means = [each for each in report.cards if each.is_mean]
    if means:
        yield "changes", _changes(report, means, where)


def _changes(report: Report, cards: Sequence[Card], where: str) -> Plot:
    changes = [change_of(each) for each in cards]
    title = f"Change from start to end: {where}"
    table = list_changes(
        changes, head=("Area", "Mean change", "From", "To"), withheld_label=WITHHELD
    )
    draw = partial(
        draw_changes,
        changes,
        title=title,
        scale_label="steps from start to end; 0 is no change; lines are likely ranges (95%)",
        withheld_label=WITHHELD,
    )
    return _plot(report, "changes", title, table, draw)


# --- who answered, the star, others ---------------------------------------------------------------


def _star(report: Report, star: GroupStar, where: str) -> Plot:
    rays = [
        GroupRay(each.label, number_of(each.first), number_of(each.last)) for each in star.areas
    ]
    title = f"First and last star of the group: {where}"
    table = list_group_star(
        rays,
        area_label="Area",
        first_label=FIRST,
        last_label=LAST,
        withheld_label=WITHHELD,
    )
    draw = partial(
        draw_group_star,
        rays,
        title=title,
        first_label=FIRST,
        last_label=LAST,
        withheld_label=WITHHELD,
    )
    return _plot(report, "star", title, table, draw)


def _flow(report: Report, flow: Flow, where: str) -> Plot:
    steps = [FlowStep(each.title, each.count) for each in flow.stages]
    reasons = Reasons(
        "Why answers are missing", tuple(FlowStep(each.title, each.count) for each in flow.missing)
    )
    title = f"Who answered, {flow.title}: {where}"
    table = list_flow(
        [*steps, *reasons.steps],
        head=("Stage or reason", "Pieces of support (about)", ""),
        withheld_label=HIDDEN_COUNT,
    )
    rows = TextTable(table.head[:2], tuple(row[:2] for row in table.rows))
    draw = partial(draw_flow, steps, title=title, withheld_label=HIDDEN_COUNT, reasons=reasons)
    return _plot(report, f"flow-{flow.slug}", title, rows, draw)


def _stages(report: Report, flow: Flow, where: str) -> Plot:
    """Give the stages without the reasons: what a printed report has room for."""
    steps = [FlowStep(each.title, each.count) for each in flow.stages]
    title = f"Who answered, {flow.title}: {where}"
    table = list_flow(
        steps, head=("Stage", "Pieces of support (about)", ""), withheld_label=HIDDEN_COUNT
    )
    rows = TextTable(table.head[:2], tuple(row[:2] for row in table.rows))
    draw = partial(draw_flow, steps, title=title, withheld_label=HIDDEN_COUNT)
    return _plot(report, "stages", title, rows, draw)


def _other(report: Report, other: Other) -> Plot:
    trend = other_trend(other)
    return _plot(
        report,
        f"other-{other.slug}",
        f"{other.title}, as published",
        list_trend(trend, head=_OTHERS_HEAD, absent="–", words=OTHERS_WORDS),
        partial(draw_trend, trend, OTHERS_WORDS),
    )

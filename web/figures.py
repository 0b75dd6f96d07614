"""Draws what a report shows as pictures, each with its words and its table; works out no figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from outcomes.figures import Figure, Shown, Symbol
from outcomes.formats.page import GroupStar
from outcomes.formats.sentences import short_reason
from outcomes.measure import Statistic
from outcomes.pages.answering import Flow
from outcomes.pages.cards import Card, group_title
from outcomes.pages.others import Other
from outcomes.pages.report import Report
from outcomes.pages.series import Point, Series
from outcomes.quarter import Period, Quarter
from pictures.changes import Change, draw_changes, list_changes
from pictures.flow import FlowStep, Reasons, draw_flow, list_flow
from pictures.group import GroupRay, draw_group_star, list_group_star
from pictures.panel import PERCENT, Guides, Moment, Scale, fit_scale, signed_scale
from pictures.shares import Share, ShareWords, draw_shares, list_shares
from pictures.tables import TextTable
from pictures.trend import Trend, TrendWords, draw_trend, draw_trends, list_trend

FEWEST_RAYS: Final = 3
MOST_SMALL: Final = 6
"""How many small plots a printed report has room for."""

_WITHHELD: Final = "not shown"
_HIDDEN_COUNT: Final = "withheld"
_FIRST: Final = "Mean at the start"
_LAST: Final = "Mean at the end"
_WORDS: Final = TrendWords(
    figure="our figure, with its likely range (95%)",
    target="target",
    comparator="elsewhere, for comparison",
    withheld="not shown: withheld, or too few answered",
    changed="the definition changed: do not compare across",
    forecast="forecast of the year's end, not a figure",
    bounds="had none, or all, of those who are missing counted",
)
_PLAIN_WORDS: Final = replace(_WORDS, figure="our figure")
_OTHERS_WORDS: Final = TrendWords(
    figure="figure as published",
    target=_WORDS.target,
    comparator=_WORDS.comparator,
    withheld="not published",
    changed=_WORDS.changed,
    forecast=_WORDS.forecast,
)
_SHARE_WORDS: Final = ShareWords(
    value="the share",
    likely="likely range (95%)",
    bounds="had none, or all, of those who are missing counted",
)
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
            shares = [replace(_share(each), label=each.row.area) for each in cards]
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
    if card.is_share and not card.series.is_worth_drawing:
        yield f"share-{card.key}", _shares(report, f"share-{card.key}", title, [_share(card)])
    if card.series.is_worth_drawing:
        trend = _trend(f"{card.title}: {report.title}", card)
        has_range = any(each.low is not None for each in trend.moments)
        words = _WORDS if has_range else _PLAIN_WORDS
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
            _share_of(group_title(figure.group), figure, short_reason(figure.percent))
            for _row, figure in card.groups
        ]
        key = f"groups-{card.key}"
        yield key, _shares(report, key, f"{title}. {card.breakdown_title}", groups)


def _shares(report: Report, key: str, title: str, shares: Sequence[Share]) -> Plot:
    table = list_shares(shares, head=_SHARE_HEAD)
    draw = partial(draw_shares, tuple(shares), title=title, words=_SHARE_WORDS)
    return _plot(report, key, title, table, draw)


def _share(card: Card) -> Share:
    return _share_of(card.title, card.figure, card.short_reason)


def _share_of(label: str, figure: Figure, reason: str) -> Share:
    if isinstance(figure.percent, Symbol):
        return Share(label, None, withheld=reason or _WITHHELD)
    likely = _pair(figure.percent_lower, figure.percent_upper)
    bounds = _pair(figure.percent_if_none, figure.percent_if_all)
    return Share(label, int(figure.percent), *likely, *bounds)


def _pair(one: Shown, other: Shown) -> tuple[int, int] | tuple[None, None]:
    if isinstance(one, Symbol) or isinstance(other, Symbol):
        return None, None
    return int(one), int(other)


# --- over time ------------------------------------------------------------------------------------


def _trend(title: str, card: Card) -> Trend:
    *earlier, newest = map(_moment, card.series.points)
    least, most = _pair(card.figure.percent_if_none, card.figure.percent_if_all)
    if newest.value is not None and least is not None:
        newest = replace(newest, least=least, most=most)
    moments = (*earlier, newest)
    return Trend(title, moments, _scale(card.series, moments))


def _moment(point: Point) -> Moment:
    low, high = point.low, point.high
    return Moment(
        label=_label(point.period),
        value=_number(point.value),
        low=_number(low),
        high=_number(high),
        reason=point.reason,
        starts_anew=point.starts_anew,
    )


def _label(period: Period) -> str:
    if isinstance(period, Quarter):
        year, _, quarter = str(period).partition("-")
        return f"{quarter}\n{year}"
    return str(period)


def _scale(series: Series, moments: tuple[Moment, ...]) -> Scale:
    if series.statistic == Statistic.RATE:
        return PERCENT
    if series.statistic == Statistic.MEAN_CHANGE:
        return signed_scale(moments)
    suffix = " s" if series.statistic == Statistic.MEDIAN else ""
    return fit_scale(moments, Guides(), from_nought=True, suffix=suffix)


def _overviews(report: Report, where: str) -> Iterator[tuple[str, Plot]]:
    """Give the pictures that put several measures side by side."""
    main = [each for each in report.main if each.is_share]
    if main:
        title = f"Main measures: {where}"
        yield "main", _shares(report, "main", title, [_share(each) for each in main])
    moving = [each for each in main if each.series.is_worth_drawing][:MOST_SMALL]
    if moving:
        trends = [_trend(each.title, each) for each in moving]
        title = f"Main measures over time: {report.title}"
        draw = partial(draw_trends, trends, columns=3, title=title, words=_WORDS)
        rows = (
            (trend.title, *row)
            for trend in trends
            for row in list_trend(trend, head=_TREND_HEAD, absent="no figure", words=_WORDS).rows
        )
        yield (
            "trends",
            _plot(report, "trends", title, TextTable(("Measure", *_TREND_HEAD), tuple(rows)), draw),
        )
    means = [each for each in report.cards if each.is_mean]
    if means:
        yield "changes", _changes(report, means, where)


def _changes(report: Report, cards: Sequence[Card], where: str) -> Plot:
    changes = [_change(each) for each in cards]
    title = f"Change from start to end: {where}"
    table = list_changes(
        changes, head=("Area", "Mean change", "From", "To"), withheld_label=_WITHHELD
    )
    draw = partial(
        draw_changes,
        changes,
        title=title,
        scale_label="steps from start to end; 0 is no change; lines are likely ranges (95%)",
        withheld_label=_WITHHELD,
    )
    return _plot(report, "changes", title, table, draw)


def _change(card: Card) -> Change:
    figure = card.figure
    low, high = _shown(figure.change_lower), _shown(figure.change_upper)
    if low is None or high is None:
        low = high = None
    return Change(card.row.area, _shown(figure.change_mean), low, high)


# --- who answered, the star, others ---------------------------------------------------------------


def _star(report: Report, star: GroupStar, where: str) -> Plot:
    rays = [GroupRay(each.label, _number(each.first), _number(each.last)) for each in star.areas]
    title = f"First and last star of the group: {where}"
    table = list_group_star(
        rays,
        area_label="Area",
        first_label=_FIRST,
        last_label=_LAST,
        withheld_label=_WITHHELD,
    )
    draw = partial(
        draw_group_star,
        rays,
        title=title,
        first_label=_FIRST,
        last_label=_LAST,
        withheld_label=_WITHHELD,
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
        withheld_label=_HIDDEN_COUNT,
    )
    rows = TextTable(table.head[:2], tuple(row[:2] for row in table.rows))
    draw = partial(draw_flow, steps, title=title, withheld_label=_HIDDEN_COUNT, reasons=reasons)
    return _plot(report, f"flow-{flow.slug}", title, rows, draw)


def _stages(report: Report, flow: Flow, where: str) -> Plot:
    """Give the stages without the reasons: what a printed report has room for."""
    steps = [FlowStep(each.title, each.count) for each in flow.stages]
    title = f"Who answered, {flow.title}: {where}"
    table = list_flow(
        steps, head=("Stage", "Pieces of support (about)", ""), withheld_label=_HIDDEN_COUNT
    )
    rows = TextTable(table.head[:2], tuple(row[:2] for row in table.rows))
    draw = partial(draw_flow, steps, title=title, withheld_label=_HIDDEN_COUNT)
    return _plot(report, "stages", title, rows, draw)


def _other(report: Report, other: Other) -> Plot:
    moments = [
        Moment(
            _label(Quarter.parse(each.quarter)),
            _number(each.actual),
            reason="" if each.actual is not None else "not published",
        )
        for each in other.points
    ]
    target = tuple(_number(each.target) for each in other.points)
    comparator = tuple(_number(each.comparator) for each in other.points)
    if other.forecast_value is not None:
        moments.append(Moment("Year's\nend", float(other.forecast_value), is_forecast=True))
        target, comparator = (*target, None), (*comparator, None)
    guides = Guides(
        target if any(each is not None for each in target) else (),
        comparator if any(each is not None for each in comparator) else (),
    )
    scale = fit_scale(moments, guides, from_nought=False, suffix=other.suffix)
    trend = Trend(other.title, tuple(moments), scale, guides)
    return _plot(
        report,
        f"other-{other.slug}",
        f"{other.title}, as published",
        list_trend(trend, head=_OTHERS_HEAD, absent="–", words=_OTHERS_WORDS),
        partial(draw_trend, trend, _OTHERS_WORDS),
    )


def _shown(value: Shown) -> float | None:
    return None if isinstance(value, Symbol) else float(value)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))

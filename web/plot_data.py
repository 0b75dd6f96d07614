"""Turns what a report says into what a picture draws, point by point; works out no figure.

A figure that is not shown stays without a value: it can never become a point at nought.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from outcomes.figures import Figure, Shown, Symbol
from outcomes.measures.measure import Statistic
from outcomes.pages.cards import Card
from outcomes.pages.others import Other
from outcomes.pages.series import Point, Series
from outcomes.quarter import Period, Quarter
from pictures.changes import Change
from pictures.moments import PERCENT, Guides, Moment, Scale, fit_scale, signed_scale
from pictures.shares import Share, ShareWords
from pictures.trend import Trend, TrendWords

WITHHELD: Final = "not shown"
HIDDEN_COUNT: Final = "withheld"
FIRST: Final = "Mean at the start"
LAST: Final = "Mean at the end"
WORDS: Final = TrendWords(
    figure="our figure, with its likely range (95%)",
    target="target",
    comparator="elsewhere, for comparison",
    withheld="not shown: withheld, or too few answered",
    changed="the definition changed: do not compare across",
    forecast="forecast of the year's end, not a figure",
    bounds="had none, or all, of those who are missing counted",
)
PLAIN_WORDS: Final = replace(WORDS, figure="our figure")
OTHERS_WORDS: Final = TrendWords(
    figure="figure as published",
    target=WORDS.target,
    comparator=WORDS.comparator,
    withheld="not published",
    changed=WORDS.changed,
    forecast=WORDS.forecast,
)
SHARE_WORDS: Final = ShareWords(
    value="the share",
    likely="likely range (95%)",
    bounds="had none, or all, of those who are missing counted",
)


def share_card(card: Card) -> Share:
    """Put a measure that is a share on a track of its own."""
    return share_of(card.title, card.figure, card.short_reason)


def share_of(label: str, figure: Figure, reason: str) -> Share:
    """Put a share with its ranges on a track; `reason` is why it is not shown."""
    if isinstance(figure.percent, Symbol):
        return Share(label, None, withheld=reason or WITHHELD)
    likely = _pair(figure.percent_lower, figure.percent_upper)
    bounds = _pair(figure.percent_if_none, figure.percent_if_all)
    return Share(label, int(figure.percent), *likely, *bounds)


def _pair(one: Shown, other: Shown) -> tuple[int, int] | tuple[None, None]:
    if isinstance(one, Symbol) or isinstance(other, Symbol):
        return None, None
    return int(one), int(other)


def trend_of(title: str, card: Card) -> Trend:
    """Put a measure over time; its newest figure has the honest bounds, where there are any."""
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
        value=number_of(point.value),
        low=number_of(low),
        high=number_of(high),
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


def change_of(card: Card) -> Change:
    """Put a mean change against nought, with its likely range where there is one."""
    figure = card.figure
    low, high = _shown(figure.change_lower), _shown(figure.change_upper)
    if low is None or high is None:
        low = high = None
    return Change(card.row.area, _shown(figure.change_mean), low, high)


def other_trend(other: Other) -> Trend:
    """Put a published indicator over time, against its target and comparator."""
    moments = [
        Moment(
            _label(Quarter.parse(each.quarter)),
            number_of(each.actual),
            reason="" if each.actual is not None else "not published",
        )
        for each in other.points
    ]
    target = tuple(number_of(each.target) for each in other.points)
    comparator = tuple(number_of(each.comparator) for each in other.points)
    if other.forecast_value is not None:
        moments.append(Moment("Year's\nend", float(other.forecast_value), is_forecast=True))
        target, comparator = (*target, None), (*comparator, None)
    guides = Guides(
        target if any(each is not None for each in target) else (),
        comparator if any(each is not None for each in comparator) else (),
    )
    scale = fit_scale(moments, guides, from_nought=False, suffix=other.suffix)
    return Trend(other.title, tuple(moments), scale, guides)


def _shown(value: Shown) -> float | None:
    return None if isinstance(value, Symbol) else float(value)


def number_of(value: object) -> float | None:
    """Give a figure as pictures take it; None stays None."""
    return None if value is None else float(str(value))

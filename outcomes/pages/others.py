"""Says figures that others publish in words, with how they stand to targets; it rates nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from outcomes.indicators import Better, Indicator, IndicatorPoint, Rag
from outcomes.pages.cards import slug_of
from outcomes.pages.series import MOST_PERIODS

_UNITS = {"percent": "%"}
_WAYS = {
    Better.HIGHER: "Higher is better.",
    Better.LOWER: "Lower is better.",
    Better.NEITHER: "Neither way is better; it is only looked at.",
}


@dataclass(frozen=True, slots=True)
class Light:
    """How a figure stands to its target: a sign with a shape of its own, and words."""

    slug: str
    sign: str
    words: str


LIGHTS = {
    Rag.GREEN: Light("green", "●", "On target (green)"),
    Rag.AMBER: Light("amber", "▲", "Near target (amber)"),
    Rag.RED: Light("red", "■", "Off target (red)"),
    Rag.NOT_RATED: Light("none", "–", "Not rated"),
}


@dataclass(frozen=True, slots=True)
class OtherLine:
    """One quarter of a published indicator, in words; a dash stands for what was not published."""

    quarter: str
    actual: str
    target: str
    comparator: str
    light: Light


@dataclass(frozen=True, slots=True)
class Other:
    """A published indicator as a reader sees it, its newest quarters, the oldest first."""

    code: str
    slug: str
    title: str
    way: str
    source: str
    lines: tuple[OtherLine, ...]
    points: tuple[IndicatorPoint, ...]
    suffix: str
    newest: str
    light: Light
    forecast: str | None
    forecast_value: Decimal | None

    @property
    def is_worth_drawing(self) -> bool:
        """Say whether there is anything besides one figure."""
        return sum(each.actual is not None for each in self.points) > 1


def others_of(indicators: Sequence[Indicator]) -> tuple[Other, ...]:
    """Give every indicator of a release in words."""
    return tuple(map(_other, indicators))


def _other(indicator: Indicator) -> Other:
    suffix = _UNITS.get(indicator.unit, "")
    points = indicator.points[-MOST_PERIODS:]
    return Other(
        code=indicator.code,
        slug=slug_of(indicator.code),
        title=indicator.title,
        way=_WAYS[indicator.better],
        source=indicator.source,
        lines=tuple(
            OtherLine(
                each.quarter,
                _write(each.actual, suffix),
                _write(each.target, suffix),
                _write(each.comparator, suffix),
                LIGHTS[each.rag],
            )
            for each in points
        ),
        points=points,
        suffix=suffix,
        newest=_newest(points, suffix),
        light=_light(points),
        forecast=_forecast(indicator, suffix),
        forecast_value=indicator.forecast,
    )


def _newest(points: Sequence[IndicatorPoint], suffix: str) -> str:
    known = [each for each in points if each.actual is not None]
    if not known:
        return "No figure was published yet."
    newest = known[-1]
    told = f"{newest.quarter}: {_write(newest.actual, suffix)}"
    if newest.target is not None:
        told += f" against a target of {_write(newest.target, suffix)}"
    if newest.comparator is not None:
        told += f" and {_write(newest.comparator, suffix)} elsewhere"
    return f"{told}."


def _light(points: Sequence[IndicatorPoint]) -> Light:
    """Give how the newest figure stands."""
    known = [each for each in points if each.actual is not None]
    return LIGHTS[known[-1].rag] if known else LIGHTS[Rag.NOT_RATED]


def _forecast(indicator: Indicator, suffix: str) -> str | None:
    if indicator.forecast is None:
        return None
    rule = f" {indicator.forecast_rule}" if indicator.forecast_rule else ""
    end = _write(indicator.forecast, suffix)
    return f"Forecast, not a figure: the year would end at {end}.{rule}"


def _write(value: Decimal | None, suffix: str) -> str:
    return "–" if value is None else f"{value}{suffix}"

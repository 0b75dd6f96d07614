"""Puts a release into one line a figure, as staff look it over before it goes out; no markup.

Every figure was protected before: a withheld one is a word here, never a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, FlowFigure, Shown, Symbol
from outcomes.formats.labels import PLACES, flow_title, step_title
from outcomes.release import Release

_WORDS: Final[Mapping[Symbol, str]] = MappingProxyType(
    {
        Symbol.WITHHELD: "withheld",
        Symbol.TOO_FEW: "too few",
        Symbol.NOT_APPLICABLE: "no such figure",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with what each place shows of it, in the order of the places.

    `detail` is the area, or the group of a breakdown.
    """

    code: str
    title: str
    detail: str
    cells: tuple[str, ...]


def places_of(audience: Audience) -> tuple[Audience, ...]:
    """Return whose figures an audience sees: a council its own, the board all three."""
    return tuple(Audience) if audience is Audience.ICB else (audience,)


def figure_lines(release: Release, audience: Audience) -> list[Line]:
    """Return the figures that an audience sees, in the order of the release."""
    found: dict[tuple[str, str, str, str], dict[Audience, str]] = {}
    titles: dict[tuple[str, str, str, str], str] = {}
    for each in release.figures_for(audience):
        place = (each.measure, each.area, each.breakdown, each.group)
        found.setdefault(place, {})[each.footprint] = _figure(each)
        titles[place] = release.definition_of(each).title
    return [
        Line(place[0], titles[place], _detail(*place[1:]), _in_order(cells, audience))
        for place, cells in found.items()
    ]


def flow_lines(release: Release, audience: Audience) -> list[Line]:
    """Return the flow that an audience sees, in the order of the release."""
    found: dict[tuple[str, str], dict[Audience, str]] = {}
    named: dict[tuple[str, str], FlowFigure] = {}
    for each in release.flow_for(audience):
        place = (each.flow, each.step)
        found.setdefault(place, {})[each.footprint] = _shown(each.episodes)
        named[place] = each
    return [
        Line("", flow_title(place[0]), step_title(named[place]), _in_order(cells, audience))
        for place, cells in found.items()
    ]


def count_withheld(release: Release) -> dict[str, tuple[int, int]]:
    """Return, by place, how many figures are withheld and how many there are."""
    whole = Counter(each.footprint for each in release.figures)
    withheld = Counter(each.footprint for each in release.figures if _is_withheld(each))
    return {PLACES[each].title: (withheld[each], whole[each]) for each in Audience}


def _is_withheld(figure: Figure) -> bool:
    main = (figure.numerator, figure.percent, figure.change_mean, figure.median_seconds)
    return Symbol.WITHHELD in main


def _figure(figure: Figure) -> str:
    """Say a figure in a few words: what is not shown has its word, and what is not there none."""
    if _is_there(figure.percent):
        return _share(figure)
    if _is_there(figure.change_mean):
        change = _with_range(_shown(figure.change_mean), figure.change_lower, figure.change_upper)
        means = f"{_shown(figure.first_mean)} to {_shown(figure.last_mean)}"
        return f"{means}, change {change}, of {_shown(figure.denominator)}"
    if _is_there(figure.median_seconds):
        return _shown(figure.median_seconds, " seconds")
    if _is_there(figure.only_first_mean):
        return f"{_shown(figure.only_first_mean)} of those who answered at the start only"
    if _is_there(figure.denominator):
        return f"{_shown(figure.numerator)} of {_shown(figure.denominator)}"
    return _shown(figure.numerator)


def _share(figure: Figure) -> str:
    share = _with_range(_shown(figure.percent, "%"), figure.percent_lower, figure.percent_upper)
    counts = (_shown(figure.numerator), _shown(figure.denominator))
    if {*counts, share} == {share}:  # a word that stands for all of them is said once
        return share
    return (
        f"{counts[0]} of {counts[1]}" if counts[0] == share else " of ".join(counts) + f": {share}"
    )


def _is_there(value: Shown) -> bool:
    return value is not Symbol.NOT_APPLICABLE


def _shown(value: Shown, unit: str = "") -> str:
    return _WORDS[value] if isinstance(value, Symbol) else f"{value}{unit}"


def _with_range(shown: str, lower: Shown, upper: Shown) -> str:
    if isinstance(lower, Symbol) or isinstance(upper, Symbol):
        return shown
    return f"{shown} ({lower} to {upper})"


def _detail(area: str, breakdown: str, group: str) -> str:
    told: Iterable[str] = (area, breakdown, group)
    return ", ".join(each.replace("-", " ") for each in told if each not in ("", TOTAL))


def _in_order(cells: Mapping[Audience, str], audience: Audience) -> tuple[str, ...]:
    return tuple(cells.get(each, "") for each in places_of(audience))

"""Sorts compared people by their first and last answers to questions; it compares nobody itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from outcomes.counting.flow import PAIRED
from outcomes.counting.shapes import Shape
from outcomes.measures.measure import Scale
from outcomes.measures.recipe import HOME_ITEMS, Mark
from outcomes.raw import Part

UNSCORED = "unscored"

_ROSE, _STAYED = "rose", "did-not-rise"
_OTHERS = ("all-others-rose", "others-did-not-all-rise", "others-not-known")

Standing = tuple[int, int]
"""First and last answer to one question, the better end of the scale up."""


def item_shape(flow: str, item: str, scale: Scale) -> Shape:
    """Give the table of first and last answers to one question."""
    values = range(scale.low, scale.high + 1)
    standings = tuple(product(values, values))

    def where(test: Callable[[int, int], bool]) -> frozenset[str]:
        return frozenset(item_class(each) for each in standings if test(*each))

    top, bottom = scale.high, scale.low
    return Shape(
        f"{flow}:{item}",
        Part(flow, PAIRED),
        (*(item_class(each) for each in standings), UNSCORED),
        {
            Mark.COMPARED: where(lambda _first, _last: True),
            Mark.ROOM_TO_RISE: where(lambda first, _last: first < top),
            Mark.ROOM_TO_FALL: where(lambda first, _last: first > bottom),
            Mark.FIRST_AT_TOP: where(lambda first, _last: first == top),
            Mark.ROSE: where(lambda first, last: last > first),
            Mark.FELL: where(lambda first, last: last < first),
            Mark.STAYED_AT_TOP: where(lambda first, last: first == last == top),
        },
    )


def item_class(standing: Standing | None) -> str:
    """Name the class of everybody with this first and last answer."""
    return UNSCORED if standing is None else f"{standing[0]}>{standing[1]}"


def standings_of(shape: Shape) -> Mapping[str, Standing]:
    """Read the first and last answer back from the classes of a table of one question."""
    found = {}
    for label in shape.classes:
        first, arrow, last = label.partition(">")
        if arrow:
            found[label] = (int(first), int(last))
    return found


def home_class(standings: Sequence[Standing | None]) -> str:
    """Name the class of a carer by the four questions about home, in the order of `HOME_ITEMS`.

    Each question is compared by its own first and last answer. The questions share one table,
    because whoever is better off on all of them is better off on each: an outsider knows that.
    """
    settled, knowing, *_ = states = [_state(each) for each in standings]
    if settled == _ROSE:
        settled = f"{settled}, {_others(states[1:])}"
    return f"{settled} / {knowing}"


def _others(states: Iterable[str]) -> str:
    found = set(states)
    if UNSCORED in found:
        return _OTHERS[2]
    return _OTHERS[0] if found == {_ROSE} else _OTHERS[1]


def _state(standing: Standing | None) -> str:
    if standing is None:
        return UNSCORED
    return _ROSE if standing[1] > standing[0] else _STAYED


def home_shape(flow: str) -> Shape:
    """Give the table of all questions about home together."""
    same, lower, higher = (3, 3), (3, 2), (3, 4)
    every = product((None, same, lower, higher), repeat=len(HOME_ITEMS))
    classes = tuple(dict.fromkeys(home_class(each) for each in every))

    def where(test: Callable[[str, str], bool]) -> frozenset[str]:
        return frozenset(each for each in classes if test(*each.split(" / ")))

    return Shape(
        f"{flow}:home",
        Part(flow, PAIRED),
        classes,
        {
            Mark.SETTLED_COMPARED: where(lambda settled, _: settled != UNSCORED),
            Mark.SETTLED_ROSE: where(lambda settled, _: settled.startswith(_ROSE)),
            Mark.OTHERS_KNOWN: where(lambda settled, _: settled.endswith(_OTHERS[:2])),
            Mark.OTHERS_ROSE: where(lambda settled, _: settled.endswith(_OTHERS[0])),
            Mark.KNOWING_COMPARED: where(lambda _, knowing: knowing != UNSCORED),
            Mark.KNOWING_ROSE: where(lambda _, knowing: knowing == _ROSE),
        },
    )

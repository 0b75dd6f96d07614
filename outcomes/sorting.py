"""Sorts ended support by who answered, and what first and last; it counts and publishes nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from outcomes.flow import PAIRED, Contact, Missing, Path
from outcomes.measure import Scale, Windows
from outcomes.observation import Asking, AskingOutcome, Observation, Wave
from outcomes.pairing import (
    Span,
    answers_of_the_first_person,
    closing,
    opening,
    pair_up,
)
from outcomes.populations import Asked, Ended, Population
from outcomes.raw import EVERYBODY, Part
from outcomes.recipe import Mark, Who
from outcomes.shapes import Shape

NOT_IN_POPULATION = "not-in-population"
UNSCORED = "unscored"
HOME_ITEMS = ("settled", "understanding", "relationship", "responding")
"""The questions about home that figures are made from: the first leads, the second has its own."""

_NOT_REACHED = (AskingOutcome.NOT_ASKED, AskingOutcome.NOT_SUITABLE)
_ROSE, _STAYED = "rose", "did-not-rise"
_OTHERS = ("all-others-rose", "others-did-not-all-rise", "others-not-known")

Standing = tuple[int, int]
"""First and last answer to one question, the better end of the scale up."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose answers are compared: one instrument in one version, one role, one population."""

    instrument: str
    version: int
    role: str
    scale: Scale
    windows: Windows
    who: Who

    @property
    def name(self) -> str:
        """Name the table of who answered and who is missing."""
        return f"{self.instrument}/{self.role}"

    @property
    def asked(self) -> Asked:
        """Give the instrument and the role, as answers and askings are sorted."""
        return self.instrument, self.role

    def holds(self, unit: Ended) -> bool:
        """Say whether somebody could have answered in this piece of support."""
        if unit.facts.lives not in self.who.lives:
            return False
        if unit.facts.strand in self.who.strands:
            return True
        return self.who.or_took_part and (
            any(each.scores for each in unit.answers.get(self.asked, ()))
            or any(each.outcome not in _NOT_REACHED for each in unit.askings.get(self.asked, ()))
        )


@dataclass(frozen=True, slots=True)
class Talk:
    """The answers of the one person who is compared, in the order of time."""

    source: Source
    answers: tuple[Observation, ...]
    first_days: Span
    last_days: Span

    @classmethod
    def of(cls, source: Source, unit: Ended) -> Talk:
        """Take the person who answered first; nobody where they began with another version."""
        first_days = opening(unit.facts, source.windows)
        answers = answers_of_the_first_person(
            (each for each in unit.answers.get(source.asked, ()) if each.scores), first_days
        )
        same = answers if any(each.version == source.version for each in answers) else ()
        return cls(source, same, first_days, closing(unit.closed_on, source.windows))

    @property
    def is_paired(self) -> bool:
        """Say whether there is a first and a last answer, to whatever question."""
        return self._pair(()) is not None

    def standing(self, item: str) -> Standing | None:
        """Give the first and last answer to a question. Raises `BadMeasureError` off the scale."""
        pair = self._pair((item,))
        if pair is None:
            return None
        upward = self.source.scale.upward
        return upward(pair[0].scores[item]), upward(pair[1].scores[item])

    def first(self, item: str) -> int | None:
        """Give the first answer to a question in the opening days."""
        for each in self.answers:
            if each.on in self.first_days and item in each.scores:
                return self.source.scale.upward(each.scores[item])
        return None

    def later(self, item: str) -> int | None:
        """Give the answer of the same person to a question six months after the end."""
        for each in self.answers:
            is_later = each.wave == Wave.SIX_MONTHS and each.on > self.last_days.ends
            if is_later and item in each.scores:
                return self.source.scale.upward(each.scores[item])
        return None

    def _pair(self, items: tuple[str, ...]) -> tuple[Observation, Observation] | None:
        gap = self.source.windows.least_gap
        found = pair_up(self.answers, items, self.first_days, self.last_days, gap)
        return None if found is None else (found.first, found.last)


def path_label(path: Path, level: int | str | None = None) -> str:
    """Name the class of an unpaired piece of support, with the first answer where it is needed."""
    return path.label if level is None else f"{path.label}:{level}"


@dataclass(frozen=True, slots=True)
class ByAnswers:
    """Sorts ended support by its flow, and those who were compared by their answers.

    `items` are questions that get a table of first and last answers each; `with_home` adds the one
    table of all questions about home together. Where `crossed` names a question, those who answered
    only at the start are told apart by their answer to it.
    """

    source: Source
    items: tuple[str, ...]
    with_home: bool
    crossed: str | None

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """List the flow and the tables of those who were compared."""
        name = self.source.name
        home = (home_shape(name),) if self.with_home else ()
        return (
            self._flow(),
            *(item_shape(name, each, self.source.scale) for each in self.items),
            *home,
        )

    def places(self, unit: Ended) -> Iterator[tuple[str, str]]:
        """Give the class of a piece of support in the flow and, when compared, in each table."""
        name = self.source.name
        if not self.source.holds(unit):
            yield name, NOT_IN_POPULATION
            return
        talk = Talk.of(self.source, unit)
        if not talk.is_paired:
            yield name, self._unpaired(talk, unit)
            return
        yield name, PAIRED
        for item in self.items:
            yield f"{name}:{item}", item_class(talk.standing(item))
        if self.with_home:
            yield f"{name}:home", home_class([talk.standing(each) for each in HOME_ITEMS])

    def _unpaired(self, talk: Talk, unit: Ended) -> str:
        said: Sequence[Observation] = unit.answers.get(self.source.asked, ())
        asked: Sequence[Asking] = unit.askings.get(self.source.asked, ())
        path = Contact(said, asked, talk.first_days, talk.last_days, unit.reason).path()
        if self.crossed is None or not only_first(path):
            return path_label(path)
        return path_label(path, talk.first(self.crossed) or UNSCORED)

    def levels(self, path: Path) -> tuple[tuple[str, int | None], ...]:
        """List the classes of a path, each with the first answer that it stands for."""
        if self.crossed is None or not only_first(path):
            return ((path_label(path), None),)
        scale = self.source.scale
        known = [(path_label(path, each), each) for each in range(scale.low, scale.high + 1)]
        return (*known, (path_label(path, UNSCORED), None))

    def only_first(self) -> Mapping[str, int]:
        """Give the classes of those who answered only at the start, with their first answer."""
        return {
            label: level
            for path in Path.every()
            for label, level in self.levels(path)
            if level is not None
        }

    def labels(self, wanted: Callable[[Path], bool]) -> frozenset[str]:
        """Give the classes of the paths for which `wanted` is true."""
        return frozenset(
            label for path in Path.every() if wanted(path) for label, _ in self.levels(path)
        )

    def reasons(self) -> Mapping[Missing, frozenset[str]]:
        """Give the classes of each reason why nobody could be compared."""
        return {
            reason: frozenset(
                label
                for path in Path.every()
                if path.missing is reason
                for label, _ in self.levels(path)
            )
            for reason in Missing
        }

    def _flow(self) -> Shape:
        unpaired = tuple(label for path in Path.every() for label, _ in self.levels(path))
        return Shape(
            self.source.name,
            Part(Population.CLOSED.value, EVERYBODY),
            (NOT_IN_POPULATION, PAIRED, *unpaired),
            {Mark.ELIGIBLE: frozenset((PAIRED, *unpaired)), Mark.PAIRED: frozenset((PAIRED,))},
        )


def only_first(path: Path) -> bool:
    """Say whether somebody answered at the start and not at the end."""
    return path.first and not path.last


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

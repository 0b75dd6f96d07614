"""Sorts ended support by who answered, and what first and last; it counts and publishes nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from outcomes.counting.flow import PAIRED, Contact, Missing, Path
from outcomes.counting.pairing import (
    Span,
    answers_of_the_first_person,
    closing,
    opening,
    pair_up,
)
from outcomes.counting.populations import Asked, Ended, Population
from outcomes.counting.shapes import Shape
from outcomes.counting.sorting_scores import (
    UNSCORED,
    Standing,
    home_class,
    home_shape,
    item_class,
    item_shape,
)
from outcomes.measures.measure import Scale, Windows
from outcomes.measures.recipe import HOME_ITEMS, Mark, Who
from outcomes.observation import Asking, AskingOutcome, Observation, Wave
from outcomes.raw import EVERYBODY, Part

NOT_IN_POPULATION = "not-in-population"

_NOT_REACHED = (AskingOutcome.NOT_ASKED, AskingOutcome.NOT_SUITABLE)


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

"""Holds which phrases were found where in one text, and finds more; it grades nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeGuard, assert_never

from surveys.concern_vocabulary import Reading

# How many words apart the parts of a `[...]` may lie.
REACH: Final = 14
NOWHERE: Final[frozenset[int]] = frozenset()


class Part(StrEnum):
    """How a name takes part in a pattern."""

    TAKEN = "taken"
    OPTIONAL = "optional"
    AHEAD = "ahead"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Ref:
    """A named phrase, or a single word when the name starts with `=`."""

    name: str
    part: Part = Part.TAKEN


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words inside one sentence, of any kind but not of the phrase `without`."""

    most: int
    without: str | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """All of `names`, in any order, within `REACH` words of one sentence."""

    names: tuple[str, ...]


class Edge(StrEnum):
    """The start or the end of the text or of a sentence."""

    START = "^"
    END = "$"


Node = Ref | Gap | Together | Edge
Sequence = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say the phrase `name`: a sequence of nodes."""

    name: str
    nodes: Sequence


@dataclass(frozen=True, slots=True)
class Span:
    """Where a phrase was found: from word `start` up to, not including, word `end`."""

    start: int
    end: int


class Chart:
    """What was found where in one text."""

    def __init__(
        self,
        readings: tuple[Reading, ...],
        members: Mapping[str, set[str]],
        edges: Mapping[str, set[Edge]],
    ) -> None:
        """Lay the words out; phrases are added by the grammar in its order."""
        self.length = len(readings)
        self.words = frozenset().union(*(reading.words for reading in readings))
        self._words = tuple(reading.words for reading in readings)
        self._places: dict[str, list[int]] = {}
        for place, reading in enumerate(readings):
            for word in reading.words:
                self._places.setdefault(word, []).append(place)
        self._opens = (*(reading.opens for reading in readings), False)
        self._members = members
        self._edges = edges
        self._longer: dict[str, dict[int, set[int]]] = {}
        self._closed: frozenset[int] = NOWHERE
        self._present = set(edges)
        self._absent: set[str] = set()

    def has(self, name: str) -> bool:
        """Tell whether the phrase `name` is in the text."""
        if name in self._present:
            return True
        if name in self._absent:
            return False
        found = not self._members[name].isdisjoint(self.words)
        (self._present if found else self._absent).add(name)
        return found

    def has_all(self, names: Iterable[str]) -> bool:
        """Tell whether all of `names` are in the text."""
        present, absent = self._present, self._absent
        for name in names:
            if name not in present and (name in absent or not self.has(name)):
                return False
        return True

    def add(self, pattern: Pattern) -> bool:
        """Record every place where `pattern` matches; tell whether its phrase was new."""
        new = pattern.name not in self._longer
        first, *rest = pattern.nodes
        if self._is_plain(first):
            found = (
                (start, self._follow(rest, start, set(self._ends(first.name, start))))
                for start in self._starts(first.name)
            )
        else:
            found = (
                (start, self._follow(pattern.nodes, start, {start})) for start in range(self.length)
            )
        for start, ends in found:
            ends.discard(start)
            if ends:
                self._present.add(pattern.name)
                places = self._longer.setdefault(pattern.name, {})
                places.setdefault(start, set()).update(ends)
        return new and pattern.name in self._longer

    def close_gaps_at(self, name: str) -> None:
        """Let no later gap run over a word of the phrase `name`."""
        self._closed = frozenset(self.covered(name))

    def covered(self, name: str) -> set[int]:
        """Return the places that the phrase `name` covers."""
        return {place for span in self.spans(name) for place in range(span.start, span.end)}

    def covered_closely(self, name: str) -> set[int]:
        """Return the places that `name` covers where it is said in the fewest words."""
        return {
            place
            for start in self._starts(name)
            for place in range(start, min(self._ends(name, start)))
        }

    def spans(self, name: str) -> list[Span]:
        """Return where `name` was found, in order."""
        return [
            Span(start, end)
            for start in sorted(self._starts(name))
            for end in sorted(self._ends(name, start))
        ]

    def sentence_of(self, place: int) -> Span:
        """Return the sentence around `place`."""
        start = place
        while start > 0 and not self._opens[start]:
            start -= 1
        end = place + 1
        while end < self.length and not self._opens[end]:
            end += 1
        return Span(start, end)

    def _is_plain(self, node: Node) -> TypeGuard[Ref]:
        """Tell whether a node must be there, with words of its own."""
        return isinstance(node, Ref) and node.part is Part.TAKEN and node.name not in self._edges

    def _starts(self, name: str) -> set[int]:
        """Return where `name` starts."""
        starts = {
            place for word in self._members[name] & self.words for place in self._places[word]
        }
        return starts.union(self._longer.get(name, ()))

    def _ends(self, name: str, place: int) -> Iterable[int]:
        """Return where `name` ends if it starts at `place`."""
        longer = self._longer.get(name)
        ends = longer.get(place, NOWHERE) if longer else NOWHERE
        if place < self.length and not self._members[name].isdisjoint(self._words[place]):
            return {*ends, place + 1}
        return ends

    def _follow(self, nodes: Iterable[Node], start: int, places: set[int]) -> set[int]:
        for node in nodes:
            match node:
                case Ref():
                    places = self._step(node, places, start)
                case Gap():
                    places = self._stretch(node, places)
                case Together(names=names):
                    places = {end for place in places for end in self._gather(names, place, start)}
                case Edge():
                    places = {place for place in places if self._at_edge(place, node)}
                case _:
                    assert_never(node)
            if not places:
                break
        return places

    def _step(self, node: Ref, places: set[int], start: int) -> set[int]:
        reached: set[int] = set()
        for place in places:
            found = (
                NOWHERE if place != start and self._opens[place] else self._ends(node.name, place)
            )
            if edges := self._edges.get(node.name):
                found = {*found, *(place for edge in edges if self._at_edge(place, edge))}
            match node.part:
                case Part.TAKEN:
                    reached.update(found)
                case Part.OPTIONAL:
                    reached.update(found, (place,))
                case Part.AHEAD if found:
                    reached.add(place)
                case Part.ABSENT if not found:
                    reached.add(place)
                case _:
                    pass
        return reached

    def _stretch(self, gap: Gap, places: set[int]) -> set[int]:
        closed = self._closed
        if gap.without is not None:
            closed = closed | self.covered(gap.without)
        reached = set(places)
        for place in places:
            for word in range(place, min(place + gap.most, self.length)):
                if self._opens[word] or word in closed:
                    break
                reached.add(word + 1)
        return reached

    def _gather(self, names: tuple[str, ...], place: int, start: int) -> set[int]:
        """Return where the last of `names` may end, the first of them starting at `start`."""
        if not names:
            return {place}
        limit = start + 1 if place == start else min(start + REACH, self.length)
        reached: set[int] = set()
        for word in range(place, limit):
            if word > start and self._opens[word]:
                break
            for number, name in enumerate(names):
                others = names[:number] + names[number + 1 :]
                for end in self._ends(name, word):
                    reached |= self._gather(others, end, start)
            if word in self._closed:
                break
        return reached

    def _at_edge(self, place: int, edge: Edge) -> bool:
        at_end = place == self.length or self._opens[place]
        return at_end if edge is Edge.END else place == 0 or at_end

"""Finds named phrases in a read text by patterns over word classes; it grades nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from surveys.concern_vocabulary import Reading

# Beyond this rank a word of English is rare; rule words that are no English words are rarer still.
RAREST_RANK: Final = 50_000
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
    """A sequence of nodes of the phrase `name`; without the names `needs` it cannot match."""

    name: str
    nodes: Sequence
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Where a phrase was found: from word `start` up to, not including, word `end`."""

    start: int
    end: int


class Grammar:
    """Phrases in the order in which they were defined; each may use those before it."""

    def __init__(self) -> None:
        """Start empty; phrases are added with `define`."""
        self.patterns: list[Pattern] = []
        self.members: dict[str, set[str]] = {}
        self.edges: dict[str, set[Edge]] = {}
        self._wide: set[str] = set()
        self._by_word: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._ends: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        """Tell whether a phrase of that name is defined."""
        return name in self.members

    def define(self, name: str, sequences: Iterable[Sequence]) -> None:
        """Add the phrase `name`: any of `sequences`. A single word or name widens it cheaply."""
        members = self.members.setdefault(name, set())
        for nodes in sequences:
            first = nodes[0]
            if len(nodes) == 1 and isinstance(first, Edge):
                self.edges.setdefault(name, set()).add(first)
                continue
            if len(nodes) == 1 and isinstance(first, Ref) and first.part is Part.TAKEN:
                members |= self.members[first.name]
                if first.name not in self._wide:
                    continue
            self._wide.add(name)
            self.patterns.append(Pattern(name, nodes, _needs_of(nodes)))
        self._ends[name] = len(self.patterns)

    def use_word(self, word: str) -> str:
        """Return the name under which a single word is found."""
        name = "=" + word
        if name not in self.members:
            self.members[name] = {word}
        return name

    def close(self, ranks: Mapping[str, int]) -> None:
        """Index each pattern under the rarest thing it needs; call once, after the last phrase.

        `ranks` tells how common a word is (0 is the most common).
        """
        common = {
            name: sum(1 / (10 + ranks.get(word, RAREST_RANK)) for word in members)
            + (0.01 if name in self._wide else 0)
            for name, members in self.members.items()
        }
        for number, pattern in enumerate(self.patterns):
            anchor = min(pattern.needs, key=common.__getitem__)
            for word in self.members[anchor]:
                self._by_word.setdefault(word, []).append(number)
            if anchor in self._wide:
                self._by_name.setdefault(anchor, []).append(number)

    @property
    def words(self) -> frozenset[str]:
        """Every word that some pattern asks for."""
        return frozenset().union(*self.members.values())

    def find(
        self, readings: tuple[Reading, ...], *, closing: str | None = None, last: str | None = None
    ) -> Chart:
        """Return a chart with every phrase found in the text.

        Gaps do not run over the phrase `closing`; nothing after the phrase `last` is looked for.
        """
        chart = Chart(readings, self.members, self.edges)
        stop = self._ends[last] if last else len(self.patterns)
        closed_from = self._ends[closing] if closing else len(self.patterns)
        waiting = list({number for word in chart.words for number in self._by_word.get(word, ())})
        heapq.heapify(waiting)
        done = -1
        while waiting:
            number = heapq.heappop(waiting)
            if number == done:
                continue
            if number >= stop:
                break
            if closing and done < closed_from <= number:
                chart.close_gaps_at(closing)
            done = number
            pattern = self.patterns[number]
            if chart.has_all(pattern.needs) and chart.add(pattern):
                for later in self._by_name.get(pattern.name, ()):
                    heapq.heappush(waiting, later)
        return chart


def _needs_of(nodes: Sequence) -> tuple[str, ...]:
    needs: list[str] = []
    for node in nodes:
        if isinstance(node, Ref) and node.part in {Part.TAKEN, Part.AHEAD}:
            needs.append(node.name)
        elif isinstance(node, Together):
            needs.extend(node.names)
    return tuple(needs)


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
        self._opens = (*(reading.opens for reading in readings), False)
        self._members = members
        self._edges = edges
        self._longer: dict[str, dict[int, set[int]]] = {}
        self._closed: frozenset[int] = NOWHERE
        self._absent: set[str] = set()

    def has(self, name: str) -> bool:
        """Tell whether the phrase `name` is in the text."""
        if name in self._longer or name in self._edges:
            return True
        if name in self._absent:
            return False
        if self._members[name].isdisjoint(self.words):
            self._absent.add(name)
            return False
        return True

    def has_all(self, names: tuple[str, ...]) -> bool:
        """Tell whether all of `names` are in the text."""
        return all(self.has(name) for name in names)

    def add(self, pattern: Pattern) -> bool:
        """Record every place where `pattern` matches; tell whether its phrase was new."""
        new = pattern.name not in self._longer
        for start in range(self.length):
            ends = self._follow(pattern.nodes, start)
            ends.discard(start)
            if ends:
                self._absent.discard(pattern.name)
                places = self._longer.setdefault(pattern.name, {})
                places.setdefault(start, set()).update(ends)
        return new and pattern.name in self._longer

    def close_gaps_at(self, name: str) -> None:
        """Let no later gap run over a word of the phrase `name`."""
        self._closed = frozenset(self.covered(name))

    def covered(self, name: str) -> set[int]:
        """Return the places that the phrase `name` covers."""
        return {place for span in self.spans(name) for place in range(span.start, span.end)}

    def spans(self, name: str) -> list[Span]:
        """Return where `name` was found, in order."""
        return [
            Span(start, end) for start in range(self.length) for end in sorted(self._ends(name, start))
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

    def _ends(self, name: str, place: int) -> Iterable[int]:
        """Return where `name` ends if it starts at `place`."""
        longer = self._longer.get(name)
        ends = longer.get(place, NOWHERE) if longer else NOWHERE
        if place < self.length and not self._members[name].isdisjoint(self._words[place]):
            return {*ends, place + 1}
        return ends

    def _follow(self, nodes: Sequence, start: int) -> set[int]:
        places = {start}
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
                NOWHERE
                if place != start and self._opens[place]
                else self._ends(node.name, place)
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

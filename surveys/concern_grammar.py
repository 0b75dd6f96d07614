"""Keeps the named phrases of the rules and finds them in a read text; it grades nothing."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from surveys.concern_chart import Chart, Edge, Part, Pattern, Ref, Sequence, Together
from surveys.concern_vocabulary import Reading

# How dear it is to look for a phrase first: its common words count by their rank, each other word
# a little, and a phrase of several words as much as many rare ones.
COMMON_RANKS: Final = 3000
RARE_WEIGHT: Final = 0.0001
WIDE_FEE: Final = 100


class Grammar:
    """Phrases in the order in which they were defined; each may use those before it."""

    def __init__(self) -> None:
        """Start empty; phrases are added with `define`."""
        self.patterns: list[Pattern] = []
        self.members: dict[str, set[str]] = {}
        self.edges: dict[str, set[Edge]] = {}
        self._wide: set[str] = set()
        self._needs: list[list[str]] = []
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
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
            self.patterns.append(Pattern(name, nodes))
        self._ends[name] = len(self.patterns)

    def define_words(self, name: str, words: Iterable[str]) -> None:
        """Add single words to the phrase `name`."""
        self.members.setdefault(name, set()).update(words)
        self._ends.setdefault(name, len(self.patterns))

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
        weights = {word: 1 / (10 + rank) for word, rank in ranks.items() if rank < COMMON_RANKS}
        common = frozenset(weights)
        all_needs = [_needs_of(pattern.nodes) for pattern in self.patterns]
        needed = set(chain.from_iterable(all_needs))
        costs = {
            name: sum(map(weights.__getitem__, self.members[name] & common))
            + RARE_WEIGHT * (len(self.members[name]) + WIDE_FEE * (name in self._wide))
            for name in needed
        }
        self._needs = [sorted(needs, key=costs.__getitem__) for needs in all_needs]
        anchored = self._by_name
        for number, (anchor, *_) in enumerate(self._needs):
            anchored[anchor].append(number)
        for anchor, numbers in anchored.items():
            for word in self.members[anchor]:
                self._by_word[word].extend(numbers)

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
            if chart.has_all(self._needs[number]) and chart.add(pattern):
                for later in self._by_name.get(pattern.name, ()):
                    heapq.heappush(waiting, later)
        return chart


def _needs_of(nodes: Sequence) -> list[str]:
    """Return the names without which a sequence cannot match."""
    needs: list[str] = []
    for node in nodes:
        if isinstance(node, Ref) and node.part in {Part.TAKEN, Part.AHEAD}:
            needs.append(node.name)
        elif isinstance(node, Together):
            needs.extend(node.names)
    return needs

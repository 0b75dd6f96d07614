"""Lists small changes of the truth: a few people in another class; it checks none of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from outcomes.audit.puzzle import Atom, System

_MOST_PEOPLE = 4
_MOST_CLASSES = 40


def small_moves(system: System, most: int = _MOST_PEOPLE) -> Iterator[dict[int, int]]:
    """Give changes in which up to `most` people of one place stand in another class of a table.

    Where the same people are in a table of another release too, they move there as well. Whether a
    change fits is for the caller to check. The order is fixed.
    """
    at: dict[tuple[object, ...], list[int]] = {}
    for index, atom in enumerate(system.atoms):
        if not atom.kind:
            at.setdefault((atom.entry, atom.table, atom.place), []).append(index)
    others = _elsewhere(system)
    for indexes in at.values():
        if len(indexes) > _MOST_CLASSES:
            continue
        for giving, taking in permutations(indexes, 2):
            for people in range(1, min(most, int(system.truth[giving])) + 1):
                yield from _with_others(system, giving, taking, people, others)


def parts_of(system: System, change: dict[int, int]) -> list[dict[int, int]]:
    """Split a change into changes of tables that have nothing to do with one another.

    A table hangs on its parent only where the number of people it sorts changes. Each part of a
    change that fits, fits by itself, and changes less that a later release may speak of.
    """
    belongs = {system.atoms[index].table: system.atoms[index].table for index in change}

    def home(name: str) -> str:
        while belongs[name] != name:
            name = belongs[name]
        return name

    for name in list(belongs):
        parent = system.parents.get(name)
        if parent in belongs and parent is not None and _changes_size(system, change, name):
            belongs[home(name)] = home(parent)
    found: dict[str, dict[int, int]] = {}
    for index, people in change.items():
        found.setdefault(home(system.atoms[index].table), {})[index] = people
    return list(found.values())


def _changes_size(system: System, change: dict[int, int], name: str) -> bool:
    """Say whether a change leaves a table with more or fewer people anywhere."""
    sums: dict[tuple[object, ...], int] = {}
    for index, people in change.items():
        atom = system.atoms[index]
        if atom.table == name and not atom.kind:
            spot = (atom.entry, atom.place)
            sums[spot] = sums.get(spot, 0) + people
    return any(sums.values())


def _elsewhere(system: System) -> dict[tuple[object, ...], list[int]]:
    """Give the unknowns of each table by commissioner and quarter, whatever the release."""
    found: dict[tuple[object, ...], list[int]] = {}
    for index, atom in enumerate(system.atoms):
        if not atom.kind:
            spot = (atom.table, atom.place.commissioner, atom.place.quarter)
            found.setdefault(spot, []).append(index)
    return found


def _with_others(
    system: System,
    giving: int,
    taking: int,
    people: int,
    others: dict[tuple[object, ...], list[int]],
) -> Iterator[dict[int, int]]:
    """Give a change by itself, and the same change in every release that has the table."""
    here, there = system.atoms[giving], system.atoms[taking]
    change = {giving: -people, taking: people}
    spot = (here.table, here.place.commissioner, here.place.quarter)
    entries = {system.atoms[each].entry for each in others[spot]} - {here.entry}
    if not entries:
        yield change
        return
    for entry in sorted(entries):
        elsewhere = [each for each in others[spot] if system.atoms[each].entry == entry]
        less = _matching(system, elsewhere, here, people)
        more = _matching(system, elsewhere, there, 0, near=less)
        if less is None or more is None:
            return
        if less != more:
            change[less] = change.get(less, 0) - people
            change[more] = change.get(more, 0) + people
    yield change


def _matching(
    system: System, elsewhere: list[int], atom: Atom, people: int, near: int | None = None
) -> int | None:
    """Give an unknown of another release that holds people of the same class."""
    place = None if near is None else system.atoms[near].place
    for index in elsewhere:
        other = system.atoms[index]
        same = other.classes <= atom.classes or atom.classes <= other.classes
        if same and system.truth[index] >= people and (place is None or other.place == place):
            return index
    return None

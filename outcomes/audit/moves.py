"""Lists small changes of the truth: a few people in another class; it checks none of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from outcomes.audit.unknowns import Atom, System

_MOST_PEOPLE = 4
_MOST_CLASSES = 40


def small_moves(system: System) -> Iterator[dict[int, int]]:
    """Give changes in which up to four people of one place stand in another class of a table.

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
            for people in range(1, min(_MOST_PEOPLE, int(system.truth[giving])) + 1):
                yield from _with_others(system, giving, taking, people, others)


def carried_over(system: System) -> Iterator[dict[int, int]]:
    """Give what hid counts of earlier releases, as it would be in every release that is here now.

    Whether it still fits is for the caller to check.
    """
    at: dict[tuple[object, ...], list[int]] = {}
    for index, atom in enumerate(system.atoms):
        if not atom.kind:
            spot = (atom.entry, atom.table, atom.place.commissioner, atom.place.quarter)
            at.setdefault(spot, []).append(index)
    entries = sorted({atom.entry for atom in system.atoms})
    for number, kept in system.kept:
        change: dict[int, int] = {}
        for entry in (each for each in entries if each >= number):
            for table, owner, quarter, classes, people in kept:
                here = at.get((entry, table, owner, quarter), [])
                _put(system, change, here, classes, people)
        yield change


def _put(
    system: System,
    change: dict[int, int],
    here: list[int],
    classes: frozenset[str],
    people: int,
) -> None:
    """Add people to a class of a table, or take them away where there are enough."""
    for index in here:
        enough = int(system.truth[index]) + change.get(index, 0) + people >= 0
        if classes <= system.atoms[index].classes and enough:
            change[index] = change.get(index, 0) + people
            return


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

"""Who is alone in a count learns nothing from what else is about them, and must not learn more."""

from __future__ import annotations

from typing import TypeAlias

from outcomes.audit.puzzle import System
from outcomes.audit.respondents import Respondents
from outcomes.audit.unknowns import systems
from outcomes.ledger import Entry
from outcomes.quarter import Period, Year
from outcomes.raw import EVERYBODY, Part, RawTable, RawTables, Row
from tests.outcomes.audit.everything import DERBY, Q3, RULES, box, raw_of, rounded

_BACK = "back answers"
_CLASSES = {"star": ("paired", "not-asked"), "star:home": ("rose", "fell"), "carers": ("yes", "no")}
_ABOVE = {
    "star": Part("closed", EVERYBODY),
    "star:home": Part("star", "paired"),
    "carers": Part("closed", EVERYBODY),
}

Numbers: TypeAlias = dict[str, tuple[int, int]]


def entry(numbers: Numbers, period: Period) -> Entry:
    """People of one commissioner, sorted by two questions, one of them further."""
    there = box(DERBY)
    tables = [RawTable("closed", None, (EVERYBODY,), {(there, EVERYBODY): sum(numbers["star"])})]
    for (name, classes), people in zip(_CLASSES.items(), numbers.values(), strict=True):
        places = [(there, each) for each in classes]
        counts = dict(zip(places, people, strict=True))
        tables.append(RawTable(name, _ABOVE[name], classes, counts))
    rows = [
        Row(f"{name}:{each}", name, frozenset({each}))
        for name, classes in _CLASSES.items()
        for each in classes
    ]
    raw = RawTables(period, raw_of({}).measures, tables=tables, rows=rows)
    return Entry(str(period), raw, rounded(raw), RULES)


def between(quarter: Numbers, year: Numbers) -> System:
    """The puzzle of a year beside its quarter, for those who closed."""
    found = systems(entry(year, Year(Q3.starts)), [entry(quarter, Q3)])
    return next(each for each in found if each.name == "closed")


def tables_about(system: System, release: str, table: str) -> set[tuple[str, str]]:
    """What is about the person alone in a count of a table, by release and table."""
    shared = next(
        index
        for index, each in enumerate(system.targets)
        if (each.release, each.table) == (release, table)
    )
    same = Respondents(system).same_people(shared)
    return {(system.targets[each].release, system.targets[each].table) for each in same}


BEFORE: Numbers = {"star": (6, 3), "star:home": (3, 3), "carers": (5, 4)}


def test_the_only_one_taken_back_is_told_nothing_by_any_table() -> None:
    after: Numbers = {"star": (5, 3), "star:home": (2, 3), "carers": (4, 4)}
    assert tables_about(between(BEFORE, after), _BACK, "star:home") == {
        (_BACK, "star"),
        (_BACK, "star:home"),
        (_BACK, "carers"),
    }


def test_where_somebody_else_changed_an_answer_as_well_that_answer_is_not_theirs() -> None:
    after: Numbers = {"star": (5, 3), "star:home": (2, 3), "carers": (3, 5)}
    system = between(BEFORE, after)
    assert {each.truth for each in system.targets if each.release == _BACK} == {1, 2}
    assert tables_about(system, _BACK, "star:home") == {(_BACK, "star"), (_BACK, "star:home")}


def test_one_who_changed_an_answer_need_not_be_who_changed_another() -> None:
    after: Numbers = {"star": (5, 4), "star:home": (2, 3), "carers": (4, 5)}
    system = between(BEFORE, after)
    assert tables_about(system, _BACK, "star:home") == {(_BACK, "star"), (_BACK, "star:home")}
    assert tables_about(system, _BACK, "carers") == {(_BACK, "carers")}


def test_one_of_two_who_were_taken_back_knows_only_themselves() -> None:
    after: Numbers = {"star": (5, 2), "star:home": (2, 3), "carers": (3, 4)}
    system = between(BEFORE, after)
    assert tables_about(system, _BACK, "star:home") == {(_BACK, "star:home")}

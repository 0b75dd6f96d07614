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
        for name, classes in {"closed": (EVERYBODY,), **_CLASSES}.items()
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


def of_one_quarter(numbers: Numbers) -> System:
    """The puzzle of a quarter by itself, for those who closed."""
    return next(each for each in systems(entry(numbers, Q3), ()) if each.name == "closed")


def test_what_further_tables_say_of_one_person_is_known_to_them() -> None:
    system = of_one_quarter({"star": (1, 8), "star:home": (1, 0), "carers": (1, 8)})
    assert tables_about(system, "", "star") == {("", "star"), ("", "star:home")}
    assert tables_about(system, "", "star:home") == {("", "star:home")}, "there may be others"
    assert tables_about(system, "", "carers") == {("", "carers")}


def test_one_of_two_does_not_know_what_the_other_answered() -> None:
    system = of_one_quarter({"star": (2, 7), "star:home": (1, 1), "carers": (5, 4)})
    assert tables_about(system, "", "star") == {("", "star")}
    assert tables_about(system, "", "star:home") == {("", "star:home")}


def test_one_of_several_in_a_class_knows_nothing_of_those_who_were_in_it_before() -> None:
    """Of the earlier release one more is in the class, who was taken back since."""
    before: Numbers = {"star": (2, 7), "star:home": (1, 1), "carers": (5, 4)}
    after: Numbers = {"star": (1, 7), "star:home": (1, 0), "carers": (5, 3)}
    about = tables_about(between(before, after), "", "star")
    assert about == {("", "star"), ("", "star:home")}


def test_who_is_alone_in_a_year_knows_nothing_of_who_was_taken_back_from_it() -> None:
    before: Numbers = {"star": (1, 1), "star:home": (1, 0), "carers": (1, 1)}
    after: Numbers = {"star": (1, 0), "star:home": (1, 0), "carers": (1, 0)}
    about = tables_about(between(before, after), "", "closed")
    own = {("", each) for each in ("closed", "star", "star:home", "carers")}
    assert about == own | {(str(Q3), "closed")}, "how many were taken back is known, not who"

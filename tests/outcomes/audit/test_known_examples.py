"""The attacker gets exactly as far as in examples that the literature on disclosure works out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outcomes.attack import audit
from outcomes.episode import Audience, Commissioner
from outcomes.ledger import Entry
from outcomes.published import Published
from outcomes.raw import EVERYBODY, Cell, Part, RawTable, RawTables, Row
from outcomes.scenario import Finding, Rules, Verdict
from tests.outcomes.audit.everything import COUNTY, DERBY, OTHER, Q3, box, measure

# --- one table, exact, four cells of a rectangle withheld -----------------------------------------

YES, NO = "yes", "no"
HANDBOOK = {DERBY: (5, 2), COUNTY: (3, 3), OTHER: (1, 2)}
"""Handbook on Statistical Disclosure Control (sdcTools/HandbookSDC), section 4.2, example 3.

Rows of 7, 6 and 3, columns of 9 and 7. Those of other authorities are never shown, so that with
the two cells of Derby City all four corners of a rectangle are withheld.
"""
EXACT = Rules(threshold=3, base=1, zero_is_shown=True, width=3, insider_width=1, class_size=0)


def handbook(rules: Rules = EXACT, *shown: Cell) -> Entry:
    people = {who: sum(counts) for who, counts in HANDBOOK.items()}
    sides = {
        (box(who), label): count
        for who, counts in HANDBOOK.items()
        for label, count in zip((YES, NO), counts, strict=True)
    }
    raw = RawTables(
        Q3,
        [measure()],
        tables=[
            RawTable(
                "closed",
                None,
                (EVERYBODY,),
                {(box(who), EVERYBODY): n for who, n in people.items()},
            ),
            RawTable("said", Part("closed", EVERYBODY), (YES, NO), sides),
        ],
        rows=[
            Row("closed", "closed", frozenset({EVERYBODY})),
            Row("said.yes", "said", frozenset({YES})),
            Row("said.no", "said", frozenset({NO})),
        ],
    )
    city = Audience.DERBY_CITY
    hidden = {Cell("said.yes", city), Cell("said.no", city)} - set(shown)
    return Entry("handbook", raw, published(raw, hidden), rules)


def published(raw: RawTables, hidden: set[Cell]) -> Published:
    """Show everything exactly but what is hidden."""
    cells = [Cell(row, footprint) for row in raw.rows for footprint in Audience]
    return Published(
        {
            cell: None if cell in hidden else raw.count(cell.row, cell.footprint.commissioners)
            for cell in cells
        },
        {},
    )


def found_by_anybody(entry: Entry, label: str, who: Commissioner) -> list[Finding]:
    """What a member of the public finds out about one cell."""
    return [
        each
        for each in audit(entry).findings
        if each.scenario.name == "public"
        and each.target.classes == {label}
        and each.target.commissioners == {who}
    ]


def test_the_example_of_the_handbook_leaves_three_to_six() -> None:
    """Of the 7 in the first row 3 to 6 said yes, which is 1 to 4 who said no; not one less."""
    assert [] == found_by_anybody(handbook(), NO, DERBY)
    (narrow,) = found_by_anybody(handbook(replace(EXACT, width=4)), NO, DERBY)
    assert (1, 4) == (narrow.low, narrow.high)
    assert (3, 6) == (7 - narrow.high, 7 - narrow.low)
    assert Verdict.UNSAFE is narrow.verdict


def test_the_example_of_the_handbook_leaves_nothing_open_once_a_second_cell_is_known() -> None:
    entry = handbook(EXACT, Cell("said.yes", Audience.DERBY_CITY))
    (exact,) = found_by_anybody(entry, NO, DERBY)
    assert (2, 2) == (exact.low, exact.high)
    assert Verdict.UNSAFE is audit(entry).verdict
    assert audit(entry).certificate is None


# --- two tables of the same people, each protected by itself --------------------------------------

REGIONS = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
COUNTIES = {"county-1": "ABIJ", "county-2": "KLMN"}
SIZES = {"BIG": "LM", "small": "ABIJKN"}
"""Eight regions, put together by county in one table and by size in another: the example in which
suppressing linked tables one after the other is unsafe (sdcTools/UserSupport, 136)."""
SMALL = "ABKLM"
LINKED = Rules(threshold=4, base=1, zero_is_shown=True, width=2, insider_width=2, class_size=0)


def linked(*tables: dict[str, str]) -> Entry:
    """Show the regions but the small ones, and the sums of these tables."""
    there = {(box(OTHER), EVERYBODY): sum(REGIONS.values())}
    regions = {(box(OTHER), name): count for name, count in REGIONS.items()}
    raw = RawTables(
        Q3,
        [measure()],
        tables=[
            RawTable("closed", None, (EVERYBODY,), there),
            RawTable("region", Part("closed", EVERYBODY), tuple(REGIONS), regions),
        ],
        rows=[
            Row("closed", "closed", frozenset({EVERYBODY})),
            *(Row(name, "region", frozenset(name)) for name in REGIONS),
            *(Row(name, "region", frozenset(of)) for each in tables for name, of in each.items()),
        ],
    )
    hidden = {Cell(name, Audience.ICB) for name in SMALL}
    return Entry("linked", raw, published(raw, hidden), LINKED)


@pytest.mark.parametrize("table", [COUNTIES, SIZES], ids=["by county", "by size"])
def test_each_linked_table_is_safe_by_itself(table: dict[str, str]) -> None:
    entry = linked(table)
    assert [] == [each for name in SMALL for each in found_by_anybody(entry, name, OTHER)]


def test_linked_tables_that_were_protected_one_by_one_are_unsafe_together() -> None:
    """9 in K, L and M less the 6 in L and M: there are 3 in K, whoever looks at both tables."""
    entry = linked(COUNTIES, SIZES)
    (exact,) = found_by_anybody(entry, "K", OTHER)
    assert (3, 3) == (exact.low, exact.high)
    assert Verdict.UNSAFE is audit(entry).verdict
    assert audit(entry).certificate is None

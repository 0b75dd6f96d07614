"""SDQ totals come in from a file: numbers only, all that are right or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from storage import tables
from storage.casework import Connection
from tests.support.callers import Place, rows
from tests.support.imports import Result
from usecases import importing, importing_sdq, inviting, sdq_totals
from usecases.import_columns import EXAMPLE as EPISODES
from usecases.import_faults import Cells, Fault
from usecases.importing_sdq import SdqOutcome
from usecases.inviting import By
from usecases.sdq_rows import EXAMPLE, HEADINGS, SdqRow, check_row
from usecases.sdq_totals import Informant, Total
from usecases.service import Service

TODAY = date(2026, 9, 22)
ONE = {"reference": "EP-2001", "informant": "parent", "day": "2026-01-20", "total": "19"}


@dataclass
class Desk:
    """Whoever imports totals into a service with the three support episodes of the example."""

    place: Place
    service: Service

    async def imports(
        self, content: bytes | Sequence[Mapping[str, str]], **how: Any
    ) -> Result[SdqOutcome]:
        """Import a file of these bytes or these rows."""
        whole = content if isinstance(content, bytes) else a_file(content)
        faults: list[Fault] = []
        by = By("an importer", self.place.now)
        outcome = await importing_sdq.import_file(
            self.service, io.BytesIO(whole), by, faults.append, **how
        )
        return Result(outcome, faults)

    async def stored(self) -> list[tuple[str, date, int]]:
        """Return the stored totals, the oldest first."""
        found = await rows(self.service, tables.sdq_totals)
        return sorted((row.informant, row.day, row.total) for row in found)


def a_file(written: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["reference", "case", *HEADINGS.columns], restval="")
    writer.writeheader()
    writer.writerows(written)
    return text.getvalue().encode()


async def set_up(place: Place, service: Service) -> Desk:
    by = By("an importer", place.now)
    content = EPISODES.encode()
    await importing.import_file(service, lambda: io.BytesIO(content), by, lambda _: None)
    return Desk(place, service)


@pytest.fixture
async def desk(place: Place, service: Service) -> Desk:
    return await set_up(place, service)


@pytest.fixture
async def small_desk(small_place: Place, small: Service) -> Desk:
    return await set_up(small_place, small)


# --- what is taken --------------------------------------------------------------------------------


async def test_the_example_is_taken_over_and_the_same_again_changes_nothing(desk: Desk) -> None:
    assert (await desk.imports(EXAMPLE.encode())).counts == (2, 0, 0)
    assert await desk.stored() == [
        ("parent", date(2026, 1, 20), 19),
        ("teacher", date(2026, 3, 2), 14),
    ]
    assert (await desk.imports(EXAMPLE.encode())).counts == (0, 0, 2)
    assert len(await desk.stored()) == 2


async def test_another_number_takes_the_place_of_the_first_and_is_noted(desk: Desk) -> None:
    await desk.imports([ONE])
    assert (await desk.imports([{**ONE, "total": "18"}])).counts == (0, 1, 0)
    assert await desk.stored() == [("parent", date(2026, 1, 20), 18)]
    told = [row.did for row in await rows(desk.service, tables.audit)]
    assert told.count("imported questionnaires' totals") == 2
    assert told.count("corrected a questionnaire's total") == 1


async def test_a_dry_run_says_it_and_writes_nothing(desk: Desk) -> None:
    before = len(await rows(desk.service, tables.audit))
    assert (await desk.imports(EXAMPLE.encode(), dry_run=True)).counts == (2, 0, 0)
    assert await desk.stored() == []
    assert len(await rows(desk.service, tables.audit)) == before


async def test_a_total_by_case_belongs_to_all_support_of_the_child_around_that_day(
    desk: Desk,
) -> None:
    header, *_ = EPISODES.splitlines()
    second = (
        f"{header}\n"
        "EP-9,T-1001,derby-city,direct,theraplay,foster,2026-03-01,,,\n"
        "EP-8,T-1001,derby-city,direct,theraplay,foster,2021-03-01,2021-09-01,planned,\n"
    ).encode()
    by = By("an importer", desk.place.now)
    await importing.import_file(desk.service, lambda: io.BytesIO(second), by, lambda _: None)
    result = await desk.imports([{**ONE, "reference": "", "case": "t-1001"}])
    assert (result.counts, result.outcome.totals) == ((1, 0, 0), 2)
    assert len(await desk.stored()) == 2


async def test_both_a_number_and_a_case_name_one_support(desk: Desk) -> None:
    assert (await desk.imports([{**ONE, "case": "T-1001"}])).counts == (1, 0, 0)
    assert len(await desk.stored()) == 1


async def test_columns_that_are_not_needed_may_be_left_out(desk: Desk) -> None:
    content = b"informant;total;day;case\nself;0;20/01/2026;T-1001\n"
    assert (await desk.imports(content)).counts == (1, 0, 0)
    assert await desk.stored() == [("self", date(2026, 1, 20), 0)]


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "EP-1"}, "reference"),
        ({"reference": "Alex Example"}, "reference"),
        ({"case": "T-1002"}, "case"),
        ({"case": "T-7"}, "case"),
        ({"informant": "the cat"}, "informant"),
        ({"informant": ""}, "informant"),
        ({"day": "2027-01-01"}, "day"),
        ({"day": "2025-10-13"}, "day"),
        ({"day": "soon"}, "day"),
        ({"total": "41"}, "total"),
        ({"total": "-1"}, "total"),
        ({"total": "12.5"}, "total"),
        ({"total": ""}, "total"),
    ],
)
async def test_a_fault_anywhere_is_told_and_nothing_is_written(
    small_desk: Desk, cells: dict[str, str], column: str
) -> None:
    right = {**ONE, "informant": "teacher"}
    result = await small_desk.imports([right, {**ONE, **cells}])
    assert result.where == [(3, column)]
    assert all(fault.cause and fault.remedy for fault in result.faults)
    assert "Alex" not in repr(result.faults)
    assert await small_desk.stored() == []


async def test_the_days_around_a_support_are_ninety(small_desk: Desk) -> None:
    """EP-2002 began on 1 September 2025 and ended on 27 February 2026."""
    for day, is_taken in (
        ("2025-06-03", True), ("2025-06-02", False), ("2026-05-28", True), ("2026-05-29", False),
    ):  # fmt: skip
        row = {**ONE, "reference": "EP-2002", "day": day}
        assert (await small_desk.imports([row], dry_run=True)).outcome.new == is_taken, day


async def test_a_total_that_stands_in_the_file_twice_is_a_fault(small_desk: Desk) -> None:
    again = {**ONE, "reference": "", "case": "T-1001", "total": "7"}
    result = await small_desk.imports([ONE, again])
    assert result.where == [(3, "")]
    assert "row 2" in result.faults[0].cause


async def test_a_file_without_its_columns_is_refused(small_desk: Desk) -> None:
    result = await small_desk.imports(b"reference,informant,day,score\n")
    assert (1, "total") in result.where
    assert result.outcome.faults == len(result.faults)


async def test_a_file_that_is_too_long_is_refused(
    small_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_sdq, "MOST_ROWS", 1)
    result = await small_desk.imports([ONE, {**ONE, "informant": "self"}])
    assert "more than 1 rows" in result.faults[0].cause
    assert await small_desk.stored() == []


_CELLS = st.sampled_from(["", "EP-1", "Alex", "parent", "2026-03-01", "31/02/2026", "17", "-1"])


@given(st.dictionaries(st.sampled_from(HEADINGS.known), _CELLS | st.text(max_size=8)))
def test_whatever_the_cells_hold_there_is_a_total_or_there_are_faults(
    cells: dict[str, str],
) -> None:
    found: Any = check_row(Cells(2, cells), TODAY)
    if isinstance(found, SdqRow):
        assert 0 <= found.total <= 40
        assert found.day <= TODAY
        assert found.reference or found.case
    else:
        assert found


async def test_the_same_queries_serve_however_many_totals(small_desk: Desk) -> None:
    def a_row(day: int) -> SdqRow:
        return SdqRow(day, "ep-2001", "", Informant.SELF, date(2026, 2, day), 17)

    async def asked_for(wanted: list[SdqRow]) -> int:
        def look(connection: Connection) -> int:
            said: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
            importing_sdq._judge(small_desk.service.open(connection), wanted, hold=False)
            return len(said)

        return await small_desk.service.lane.read(look)

    many = [a_row(day) for day in range(1, 29)]
    assert await asked_for(many[:1]) == await asked_for(many) == 2


# --- one at a time --------------------------------------------------------------------------------


async def test_what_staff_enter_and_what_is_imported_is_one_total(desk: Desk) -> None:
    (support,) = [
        each for each in await inviting.list_episodes(desk.service) if each.case == "T-1001"
    ]
    total = Total(Informant.PARENT, date(2026, 1, 20), 19)
    await sdq_totals.note(desk.service, support.episode.id, total, desk.place.by)
    assert (await desk.imports([ONE])).counts == (0, 0, 1)
    assert [each.total for each in await sdq_totals.look(desk.service, support.episode.id)] == [19]

"""Support episodes come in from a file: all that are right or none, and no name with them."""

from __future__ import annotations

import asyncio
import csv
import io
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from outcomes.episode import CloseReason
from storage import occasions, tables
from storage.errors import DatabaseAway
from storage.occasions import OccasionState
from surveys.people import Role
from tests.support.callers import (
    Place,
    close_support,
    invite,
    moments,
    open_support,
    phone,
    rows,
    write,
)
from tests.support.imports import Result
from usecases import import_files, importing, inviting
from usecases.import_checks import Outcome
from usecases.import_columns import COLUMNS, EXAMPLE, OPTIONAL
from usecases.import_faults import Cells, Fault
from usecases.inviting import By, Closing
from usecases.refusal import Refusal
from usecases.service import Service

ONE = {
    "reference": "EP-1",
    "case": "T-1001",
    "commissioner": "derby-city",
    "strand": "direct",
    "intervention": "theraplay",
    "lives": "foster",
    "opened_on": "2026-01-12",
    "closed_on": "",
    "close_reason": "",
    "worker": "a.worker",
}
ENDED = {"closed_on": "2026-09-01", "close_reason": "planned"}


def a_row(**cells: str) -> dict[str, str]:
    """Return a row that is right, but for these cells."""
    return {**ONE, **cells}


def a_file(written: Iterable[Mapping[str, str]], separator: str = ",") -> bytes:
    """Return a file with these rows: with the columns it may have where a row has them."""
    every = list(written)
    names = [*COLUMNS, *(name for name in OPTIONAL if any(name in row for row in every))]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=separator)
    writer.writeheader()
    writer.writerows(every)
    return text.getvalue().encode()


@dataclass
class Desk:
    """Whoever imports into one service."""

    place: Place
    service: Service

    async def imports(
        self, content: bytes | Sequence[Mapping[str, str]], **how: Any
    ) -> Result[Outcome]:
        """Import a file of these bytes or these rows."""
        whole = content if isinstance(content, bytes) else a_file(content)
        return await self.reads(lambda: io.BytesIO(whole), **how)

    async def reads(self, reopen: Callable[[], BinaryIO], **how: Any) -> Result[Outcome]:
        """Import what is opened twice."""
        faults: list[Fault] = []
        by = By("an importer", self.place.now)
        outcome = await importing.import_file(self.service, reopen, by, faults.append, **how)
        return Result(outcome, faults)

    async def stored(self) -> list[Any]:
        """Return the stored support episodes, the oldest first."""
        found = await rows(self.service, tables.support_episodes)
        return sorted(found, key=lambda row: (row.opened_on, row.lives, row.id))

    async def only(self) -> Any:
        """Return the one that there is."""
        (one,) = await self.stored()
        return one


@pytest.fixture
def desk(place: Place, service: Service) -> Desk:
    return Desk(place, service)


@pytest.fixture
def small_desk(small_place: Place, small: Service) -> Desk:
    return Desk(small_place, small)


async def everything(service: Service, *without: Table) -> dict[str, list[str]]:
    """Return what every table holds; the head of the audit goes with its lines."""
    if tables.audit in without:
        without = (*without, tables.marks)

    def work(connection: Connection) -> dict[str, list[str]]:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for name, table in tables.metadata.tables.items()
            if table not in without
        }

    return await service.lane.read(work)


async def join(desk: Desk, role: Role = Role.CARER) -> str:
    """Let somebody join the one support episode that there is; return who."""
    invited = await invite(desk.place, desk.service, (await desk.only()).id, role)
    caller = phone(desk.place, desk.service)
    await caller.joins(invited)
    return invited.participant


# --- what is taken over ---------------------------------------------------------------------------


async def test_the_example_is_taken_over_as_it_says(desk: Desk) -> None:
    result = await desk.imports(EXAMPLE.encode())
    assert (result.faults, result.counts) == ([], (3, 0, 0))
    ended, first, last = await desk.stored()
    assert (ended.commissioner, ended.strand, ended.lives) == (
        "derbyshire-county", "carers", "kinship",
    )  # fmt: skip
    assert (ended.closed_on, ended.close_reason) == (date(2026, 2, 27), "planned")
    assert (first.intervention, first.opened_on, first.worker) == (
        "theraplay", date(2026, 1, 12), "a.worker",
    )  # fmt: skip
    assert (last.opened_on, last.closed_on, last.worker) == (date(2026, 3, 2), None, None)


async def test_staff_find_an_imported_child_by_the_same_case(desk: Desk) -> None:
    await desk.imports([a_row(case="t-1001"), a_row(reference="EP-2", case="T-1001")])
    await open_support(desk.place, desk.service, "T-1001")
    assert len(await rows(desk.service, tables.children)) == 1
    listed = await inviting.list_episodes(desk.service)
    assert {each.case for each in listed} == {"t-1001"}


async def test_no_number_and_no_case_is_readable_in_the_database(desk: Desk) -> None:
    await desk.imports([a_row(reference="EPISODE-777", case="CHILD-888")])
    whole = repr(await everything(desk.service))
    assert "EPISODE-777" not in whole
    assert "CHILD-888" not in whole
    episode = await desk.only()
    assert len(episode.ref_index) == 16
    assert b"EPISODE-777" not in episode.ref_cipher


async def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    await desk.imports(EXAMPLE.encode())
    before = await everything(desk.service, tables.audit)
    again = await desk.imports(EXAMPLE.encode())
    assert (again.faults, again.counts) == ([], (0, 0, 3))
    assert await everything(desk.service, tables.audit) == before


async def test_numbers_are_found_under_an_old_key_too(small_place: Place) -> None:
    async with small_place.open() as service:
        await Desk(small_place, service).imports([ONE])
    small_place.keys = (b"n" * 32, *small_place.keys)
    async with small_place.open() as service:
        assert (await Desk(small_place, service).imports([ONE])).counts == (0, 0, 1)


@pytest.mark.parametrize(
    "turn",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b",", b";"),
        lambda text: text.replace(b"\r\n", b"\n"),
        lambda text: text.removesuffix(b"\r\n"),
        lambda text: text + b"\r\n\r\n,,,,,,,,,\r\n",
        lambda text: text.replace(b"2026-01-12", b"12/01/2026"),
        lambda text: text.replace(b"reference,case", b"Reference, CASE "),
        lambda text: text.replace(b"derby-city", b'" Derby-City "'),
    ],
)
async def test_a_file_may_be_written_in_other_ways(
    small_desk: Desk, turn: Callable[[bytes], bytes]
) -> None:
    await small_desk.imports([ONE])
    result = await small_desk.imports(turn(a_file([ONE])))
    assert (result.faults, result.counts) == ([], (0, 0, 1))


async def test_columns_may_come_in_another_order(small_desk: Desk) -> None:
    names = list(reversed(COLUMNS))
    text = f"{','.join(names)}\n{','.join(ONE[name] for name in names)}\n"
    assert (await small_desk.imports(text.encode())).counts == (1, 0, 0)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "text", "cause", "remedy"),
    [
        ("reference", "", "number of a support episode", "digit"),
        ("reference", "Alex", "number of a support episode", "never a name"),
        ("case", "Alex Example", "case reference", "Never a name"),
        ("case", "12/03/2014", "date", "never a date of birth"),
        ("commissioner", "", "empty", "derby-city"),
        ("commissioner", "derby city", "no such choice", "Did you mean derby-city"),
        ("strand", "directly", "no such choice", "Did you mean direct"),
        ("intervention", "magic", "no such choice", "theraplay"),
        ("lives", "fostr", "no such choice", "Did you mean foster"),
        ("opened_on", "", "empty", "2026-03-31"),
        ("opened_on", "31/02/2026", "calendar", "31/03/2026"),
        ("opened_on", "03/31/2026", "calendar", "31/03/2026"),
        ("opened_on", "12/01/26", "calendar", "31/03/2026"),
        ("opened_on", "2026-09-23", "future", "put the date right"),
        ("opened_on", "0226-01-01", "too long ago", "year"),
        ("worker", "Alex Example", "sign-in name", "a.worker"),
        ("worker", "w" * 41, "sign-in name", "2 to 40"),
    ],
)
async def test_what_is_wrong_is_named_with_its_row_its_cause_and_its_remedy(
    small_desk: Desk, column: str, text: str, cause: str, remedy: str
) -> None:
    result = await small_desk.imports([a_row(reference="EP-0"), a_row(**{column: text})])
    assert result.where == [(3, column)]
    assert cause in result.faults[0].cause
    assert remedy in result.faults[0].remedy
    assert await small_desk.stored() == []


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"closed_on": "2026-09-01"}, "close_reason"),
        ({"close_reason": "planned"}, "closed_on"),
        ({**ENDED, "closed_on": "2026-01-11"}, "closed_on"),
        ({**ENDED, "closed_on": "2027-01-01"}, "closed_on"),
        ({**ENDED, "close_reason": "bored"}, "close_reason"),
    ],
)
async def test_an_end_has_a_day_and_a_reason(
    small_desk: Desk, cells: dict[str, str], where: str
) -> None:
    assert (await small_desk.imports([a_row(**cells)])).where == [(2, where)]


@pytest.mark.parametrize("first", "=+-@")
@pytest.mark.parametrize("column", [*COLUMNS, *OPTIONAL])
async def test_a_formula_is_text_that_is_refused(small_desk: Desk, column: str, first: str) -> None:
    result = await small_desk.imports([a_row(**{column: f"{first}foster"})])
    assert column in {fault.column for fault in result.faults}
    assert all(fault.value == "" for fault in result.faults)


NAMES = ("Alex Example", "Forster", "alex example", "Ms Plans", "07700 900123", "Élodie")


@pytest.mark.parametrize("column", [*COLUMNS, *OPTIONAL])
async def test_what_may_be_a_name_is_never_repeated(small_desk: Desk, column: str) -> None:
    result = await small_desk.imports([a_row(**{column: name}) for name in NAMES])
    assert result.faults
    told = repr(result.faults)
    assert not [name for name in NAMES if name in told]


async def test_a_name_among_the_headings_is_not_repeated(small_desk: Desk) -> None:
    result = await small_desk.imports(b"Alex Example,12/03/2014,foster\n")
    assert not [word for word in ("Alex", "2014") if word in repr(result.faults)]
    assert "is not one of ours" in result.faults[0].cause


async def test_a_heading_with_a_slip_is_guessed(small_desk: Desk) -> None:
    text = a_file([ONE]).replace(b"opened_on", b"opened on").replace(b",worker", b",worker,worker")
    result = await small_desk.imports(text)
    assert [(fault.column, fault.remedy) for fault in result.faults] == [
        ("opened_on", "Did you mean opened_on"),
        ("worker", "Keep one of them"),
        ("opened_on", "Add it; its cells may be empty where noted"),
    ]
    assert str(result.faults[0]) == (
        "row 1, opened_on: the heading of column 7 is not one of ours (opened on). "
        "Did you mean opened_on?"
    )


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "first line is empty"),
        (b"\n\n", "first line is empty"),
        (a_file([ONE]).decode().encode("utf-16"), "not UTF-8"),
        (a_file([]) + b"EP-1;\xe9;\n", "not UTF-8"),
        (a_file([]) + b"EP-1,T-1\n", "2 cells and there are 10 columns"),
        (a_file([]) + b'"EP-1,T-1\n', "cannot be split"),
        (a_file([]) + b"a" * 70_000, "longer than 65536 bytes"),
        (a_file([ONE]).replace(b"\r\n", b"\r"), "cannot be split"),
    ],
)
async def test_a_file_that_is_no_such_file_is_refused(
    small_desk: Desk, content: bytes, cause: str
) -> None:
    result = await small_desk.imports(content)
    assert cause in result.faults[0].cause
    assert result.counts == (0, 0, 0)


async def test_rows_are_numbered_by_their_first_line_in_the_file(small_desk: Desk) -> None:
    content = a_file([a_row(case="T\r\n1"), a_row(reference="EP-2", lives="nowhere")]).replace(
        b"\r\n", b"\n\n", 1
    )
    assert (await small_desk.imports(content)).where == [(3, "case"), (5, "lives")]


async def test_a_number_that_stands_twice_is_refused_with_both_rows(small_desk: Desk) -> None:
    result = await small_desk.imports([ONE, a_row(reference="EP-2"), a_row(reference="ep-1")])
    assert result.where == [(4, "reference")]
    assert "row 2" in result.faults[0].cause


async def test_a_number_that_stands_twice_is_told_beside_other_faults(small_desk: Desk) -> None:
    result = await small_desk.imports([a_row(lives="nowhere"), a_row(strand="nothing")])
    assert sorted(result.where) == [(2, "lives"), (3, "reference"), (3, "strand")]


async def test_a_number_belongs_to_one_child(desk: Desk) -> None:
    await desk.imports([ONE])
    result = await desk.imports([a_row(case="T-2002"), a_row(reference="EP-3")])
    assert result.where == [(2, "case")]
    assert len(await desk.stored()) == 1


async def test_what_has_ended_is_not_opened_again(desk: Desk) -> None:
    await desk.imports([a_row(**ENDED)])
    result = await desk.imports([ONE])
    assert result.where == [(2, "closed_on")]
    assert "2026-09-01" in result.faults[0].cause
    assert (await desk.only()).closed_on == date(2026, 9, 1)


async def test_one_fault_in_a_thousand_rows_and_nothing_is_written(small_desk: Desk) -> None:
    right = [a_row(reference=f"EP-{number}", case=f"T-{number}") for number in range(2100)]
    before = await everything(small_desk.service)
    result = await small_desk.imports([*right, a_row(reference="EP-9999", lives="nowhere")])
    assert (result.where, result.outcome.rows) == ([(2102, "lives")], 2101)
    assert await everything(small_desk.service) == before


async def test_all_faults_are_told_at_once_also_those_that_the_database_knows(
    desk: Desk,
) -> None:
    await desk.imports([ONE])
    wrong = [a_row(case="T-9"), a_row(reference="EP-2", lives="x", strand="y")]
    assert sorted((await desk.imports(wrong)).where) == [(2, "case"), (3, "lives"), (3, "strand")]


async def test_rows_that_are_handed_over_are_all_written_or_none(desk: Desk) -> None:
    faults: list[Fault] = []

    async def hand_over(*handed: dict[str, str]) -> tuple[int, int, int]:
        cells = [Cells(place, row) for place, row in enumerate(handed, 1)]
        by = By("a program", desk.place.now)
        outcome = await importing.import_rows(desk.service, cells, by, faults.append)
        return outcome.new, outcome.changed, outcome.unchanged

    assert await hand_over(ONE, a_row(reference="EP-2", case="T-2")) == (2, 0, 0)
    before = await everything(desk.service)
    await hand_over(a_row(lives="kinship"), a_row(reference="EP-3"), a_row(reference="EP-2"))
    assert [(fault.row, fault.column) for fault in faults] == [(3, "case")]
    await hand_over(a_row(lives="kinship"), a_row(reference="EP-3", lives="x"))
    assert await everything(desk.service) == before
    assert await hand_over(a_row(lives="kinship"), a_row(reference="EP-3")) == (1, 1, 0)


# --- what changes ---------------------------------------------------------------------------------


async def test_changes_are_noted_as_those_of_staff_are(desk: Desk) -> None:
    await desk.imports([ONE])
    after = a_row(commissioner="derbyshire-county", lives="kinship", worker="b.worker")
    dry = await desk.imports([after], dry_run=True)
    result = await desk.imports([after])
    assert dry.counts == result.counts == (0, 1, 0)
    assert dry.outcome.columns == {"commissioner": 1, "lives": 1, "worker": 1}
    noted = await rows(desk.service, tables.episode_changes)
    assert {(each.what, each.was, each.became, each.who) for each in noted} == {
        ("commissioner", "derby-city", "derbyshire-county", "an importer"),
        ("lives", "foster", "kinship", "an importer"),
        ("worker", "a.worker", "b.worker", "an importer"),
    }
    assert {each.day for each in noted} == {date(2026, 9, 22)}
    assert (await desk.only()).lives == "kinship"
    assert (await desk.imports([after])).counts == (0, 0, 1)


async def test_an_empty_worker_and_a_missing_row_say_nothing(small_desk: Desk) -> None:
    await small_desk.imports([ONE, a_row(reference="EP-2")])
    assert (await small_desk.imports([a_row(worker="")])).counts == (0, 0, 1)
    assert [each.worker for each in await small_desk.stored()] == ["a.worker"] * 2


async def test_what_nobody_has_to_do_with_yet_can_be_corrected(desk: Desk) -> None:
    await desk.imports([ONE])
    fixed = a_row(strand="carers", intervention="dyadic-work", opened_on="2026-02-01")
    assert (await desk.imports([fixed])).counts == (0, 1, 0)
    one = await desk.only()
    assert (one.strand, one.intervention, one.opened_on) == (
        "carers", "dyadic-work", date(2026, 2, 1),
    )  # fmt: skip


async def test_once_people_answer_what_decides_how_they_are_asked_stays(desk: Desk) -> None:
    await desk.imports([ONE])
    await join(desk)
    result = await desk.imports([a_row(strand="carers", intervention="dyadic-work")])
    assert result.where == [(2, "strand"), (2, "intervention")]
    assert "theraplay" in result.faults[1].remedy
    assert (await desk.imports([a_row(lives="kinship")])).counts == (0, 1, 0)


async def test_an_imported_end_plans_the_same_as_one_that_staff_enter(desk: Desk) -> None:
    await desk.imports([ONE])
    imported_for = await join(desk)
    by_staff = await open_support(desk.place, desk.service, "T-2")
    invited = await invite(desk.place, desk.service, by_staff, Role.CARER)
    await phone(desk.place, desk.service).joins(invited)

    result = await desk.imports([a_row(**ENDED)])
    planned = await close_support(desk.place, desk.service, by_staff, date(2026, 9, 1))
    assert result.outcome.planned == planned > 0

    async def plan(participant: str) -> list[tuple[str, str, str, str]]:
        found = await moments(desk.service, participant)
        return [(each.instrument, each.wave, each.local_time, each.state.value) for each in found]

    assert await plan(imported_for) == await plan(invited.participant)
    assert {"end", "3-months", "6-months"} <= {wave for _, wave, _, _ in await plan(imported_for)}
    assert (await desk.imports([a_row(**ENDED)])).counts == (0, 0, 1)


async def test_a_wrong_end_is_corrected_and_what_was_planned_moves_with_it(desk: Desk) -> None:
    await desk.imports([ONE])
    participant = await join(desk)
    await desk.imports([a_row(**ENDED)])
    first = [each for each in await moments(desk.service, participant) if each.wave != "start"]
    result = await desk.imports([a_row(**{**ENDED, "closed_on": "2026-09-08"})])
    assert result.outcome.columns == {"closed_on": 1}
    then = [each for each in await moments(desk.service, participant) if each.wave != "start"]
    assert [each.id for each in then] == [each.id for each in first]
    ends = {each.local_time[:10] for each in then if each.wave == "end"}
    assert ends == {
        (date.fromisoformat(each.local_time[:10]) + timedelta(days=7)).isoformat()
        for each in first
        if each.wave == "end"
    }
    assert {each.state for each in then if each.wave == "end"} == {OccasionState.PLANNED}


async def test_once_somebody_has_answered_at_the_end_its_day_stays(desk: Desk) -> None:
    await desk.imports([ONE])
    participant = await join(desk)
    await desk.imports([a_row(**ENDED)])
    end = next(each for each in await moments(desk.service, participant) if each.wave == "end")
    await write(
        desk.service,
        lambda work: occasions.end(work, end.id, OccasionState.ANSWERED, desk.place.now),
    )
    before = await everything(desk.service)
    result = await desk.imports([a_row(closed_on="2026-09-08", close_reason="moved")])
    assert result.where == [(2, "closed_on")]
    assert "2026-09-01" in result.faults[0].remedy
    assert await everything(desk.service) == before
    result = await desk.imports([a_row(closed_on="2026-09-01", close_reason="moved")])
    assert result.outcome.columns == {"close_reason": 1}
    assert (await desk.only()).close_reason == "moved"


# --- dry runs, meanwhile, and the audit -----------------------------------------------------------


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(desk: Desk) -> None:
    await desk.imports([ONE])
    before = await everything(desk.service)
    would = [a_row(lives="kinship"), a_row(reference="EP-2")]
    dry = await desk.imports(would, dry_run=True)
    assert (dry.counts, dry.outcome.columns) == ((1, 1, 0), {"lives": 1})
    assert await everything(desk.service) == before


async def test_a_file_that_changes_while_it_is_read_is_not_mixed(small_desk: Desk) -> None:
    readings = iter([a_file([ONE]), a_file([a_row(lives="kinship")])])
    with pytest.raises(Refusal, match="changed while"):
        await small_desk.reads(lambda: io.BytesIO(next(readings)))
    assert await small_desk.stored() == []


async def test_what_changed_meanwhile_is_left_out_and_said(desk: Desk) -> None:
    """Between the check and the writing, a worker closes what the file calls open."""
    await desk.imports([ONE])
    stored = await desk.only()
    content = a_file([a_row(lives="kinship"), a_row(reference="EP-2")])
    readings = 0

    def reopen() -> BinaryIO:
        nonlocal readings
        readings += 1
        if readings == 2:
            closed = Closing(date(2026, 9, 2), CloseReason.MOVED)

            def close(connection: Connection) -> None:
                work = desk.service.open(connection)
                inviting.close_in(desk.service, work, stored.id, closed, desk.place.by)

            desk.service.lane.later(close)
        return io.BytesIO(content)

    result = await desk.reads(reopen)
    assert result.where == [(2, "closed_on")]
    assert (result.outcome.refused, result.counts) == (1, (1, 0, 0))
    assert {each.lives for each in await desk.stored()} == {"foster"}


async def test_what_was_interrupted_is_healed_by_the_same_file(small_desk: Desk) -> None:
    content = a_file([a_row(reference=f"EP-{number}") for number in range(2500)])
    lane = small_desk.service.lane
    writes = 0
    write_really = lane.write

    async def write_once(work: Callable[[Connection], Any]) -> Any:
        nonlocal writes
        writes += 1
        if writes == 2:
            raise DatabaseAway
        return await write_really(work)

    lane.write = write_once  # type: ignore[method-assign]  # a database that goes away half-way
    with pytest.raises(Refusal, match="1000 rows were written before that"):
        await small_desk.imports(content)
    lane.write = write_really  # type: ignore[method-assign]
    assert (await small_desk.imports(content)).counts == (1500, 0, 1000)


async def test_many_changes_are_written_a_few_at_a_time(small_desk: Desk) -> None:
    """Each may plan for many people, and nobody else can write meanwhile."""
    numbers = range(importing.MOST_CHANGED * 2 + 5)
    await small_desk.imports([a_row(reference=f"EP-{number}") for number in numbers])
    after = [a_row(reference=f"EP-{number}", lives="kinship") for number in numbers]
    result = await small_desk.imports(after)
    assert (result.counts, result.faults) == ((0, len(numbers), 0), [])
    assert {each.lives for each in await small_desk.stored()} == {"kinship"}


async def test_two_who_import_the_same_at_once_add_it_once(place: Place) -> None:
    content = a_file([a_row(reference=f"EP-{number}", case="T-5") for number in range(50)])
    async with place.open(1) as one, place.open(2) as other:
        found = await asyncio.gather(
            Desk(place, one).imports(content), Desk(place, other).imports(content)
        )
        assert sum(each.outcome.new for each in found) == 50
        assert len(await Desk(place, one).stored()) == 50
        assert len(await rows(one, tables.children)) == 1


async def test_an_import_is_noted_with_its_counts_and_nothing_else(desk: Desk) -> None:
    await desk.imports(EXAMPLE.encode())
    await desk.imports(EXAMPLE.encode())
    noted = [(each.who, each.did, each.target) for each in await rows(desk.service, tables.audit)]
    assert noted == [
        ("an importer", "imported support episodes", "new 3, changed 0, unchanged 0"),
        ("an importer", "imported support episodes", "new 0, changed 0, unchanged 3"),
    ]


# --- whatever the bytes are -----------------------------------------------------------------------


CELLS = st.sampled_from(
    ["", "EP-1", "ep-1", "T-1", "Alex", "other", "direct", "foster", "2026-01-01", "31/02/2026"]
) | st.text(max_size=12)
WRITTEN = st.lists(st.lists(CELLS, min_size=8, max_size=12), max_size=6).map(
    lambda lines: "\n".join([",".join(COLUMNS), *(",".join(line) for line in lines)]).encode(
        errors="surrogatepass"
    )
)
CHANGED = st.builds(
    lambda at, piece: EXAMPLE.encode()[:at] + piece + EXAMPLE.encode()[at:],
    st.integers(0, len(EXAMPLE)),
    st.binary(max_size=4),
)


@given(contents=st.lists(st.binary(max_size=300) | WRITTEN | CHANGED, min_size=1, max_size=4))
@example(contents=[EXAMPLE.encode()])
@settings(max_examples=60)
def test_whatever_the_bytes_are_there_is_a_report_or_all_of_it_and_never_an_error(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
        shutil.copy(part, folder)

    async def live() -> None:
        place = Place(f"sqlite:///{folder / sqlite_template.name}")
        async with place.open() as service:
            desk = Desk(place, service)
            for content in contents:
                await import_twice(desk, content)

    asyncio.run(live())
    shutil.rmtree(folder)


async def import_twice(desk: Desk, content: bytes) -> None:
    """Import something twice: nothing of it, or all of it and then nothing more."""
    before = await everything(desk.service)
    first = await desk.imports(content)
    if first.faults:
        assert await everything(desk.service) == before
        assert all(fault.row >= 1 and fault.cause and fault.remedy for fault in first.faults)
        return
    after = await everything(desk.service, tables.audit)
    second = await desk.imports(content)
    assert second.faults == []
    assert second.counts == (0, 0, first.outcome.rows)
    assert await everything(desk.service, tables.audit) == after


def test_no_more_of_a_file_is_read_than_the_next_row_needs() -> None:
    """Forty megabytes, of which nobody holds more than a few lines."""
    line = a_file([ONE]).splitlines(keepends=True)[1]

    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            piece = (a_file([]) if self.given == 0 else line)[: len(buffer)]
            buffer[: len(piece)] = piece
            self.given += len(piece)
            return len(piece)

    endless = Endless()
    found = import_files.read_file(io.BufferedReader(endless, 4096))
    for _ in range(100):
        next(found)
    assert endless.given < 100 * len(line) + 10_000

"""What a file may say besides the support: facts for the contract, and what was given freely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.episode import AgeBand
from storage import tables
from tests.support.callers import Place, rows
from tests.usecases.test_importing import Desk, a_row
from usecases import characteristics, contract_facts
from usecases.characteristics import GivenBy
from usecases.contract_facts import NOTHING, OLDEST, Noted, band_of
from usecases.import_columns import COLUMNS, OPTIONAL
from usecases.import_faults import Cells
from usecases.import_rows import EpisodeRow, check_row
from usecases.service import Service

TODAY = date(2026, 9, 22)
FACTS = {
    "child_age": "9",
    "unplanned_moves": "2",
    "out_of_area_start": "yes",
    "out_of_area_end": "No",
    "plan_on": "20/01/2026",
    "disengaged_on": "2026-03-01",
    "back_on": "2026-04-01",
}
NOTED = Noted(AgeBand.TO_TEN, 2, True, False, date(2026, 1, 20), date(2026, 3, 1), date(2026, 4, 1))
GIVEN = {"sex": "female", "ethnic_group": "mixed", "given_by": "person"}


@pytest.fixture
def desk(place: Place, service: Service) -> Desk:
    return Desk(place, service)


@pytest.fixture
def small_desk(small_place: Place, small: Service) -> Desk:
    return Desk(small_place, small)


async def noted(desk: Desk, number: int = 0) -> Noted:
    """Return what stands of the support episode with this place on the list."""
    return await contract_facts.look(desk.service, (await desk.stored())[number].id)


async def given_of(desk: Desk) -> dict[str, tuple[str, str]]:
    (row, *_) = await desk.stored()
    found = await characteristics.look(desk.service, row.id)
    return {what.value: (each.value, each.given_by) for what, each in found.items()}


# --- facts ----------------------------------------------------------------------------------------


async def test_a_file_without_these_columns_is_read_as_before(desk: Desk) -> None:
    assert (await desk.imports([a_row()])).counts == (1, 0, 0)
    assert await noted(desk) == NOTHING


async def test_what_a_row_says_is_noted_with_the_new_support(desk: Desk) -> None:
    assert (await desk.imports([a_row(**FACTS)])).counts == (1, 0, 0)
    assert await noted(desk) == NOTED
    assert (await desk.imports([a_row(**FACTS)])).counts == (0, 0, 1)


async def test_what_differs_later_is_changed_counted_by_column_and_traced(desk: Desk) -> None:
    await desk.imports([a_row(**FACTS)])
    result = await desk.imports([a_row(**{**FACTS, "unplanned_moves": "3", "plan_on": ""})])
    assert result.counts == (0, 1, 0)
    assert result.outcome.columns == {"unplanned_moves": 1}
    assert (await noted(desk)).unplanned_moves == 3
    assert (await noted(desk)).plan_on == NOTED.plan_on
    (change,) = await rows(desk.service, tables.episode_changes)
    assert (change.what, change.was, change.became) == ("unplanned-moves", "2", "3")
    told = [row.did for row in await rows(desk.service, tables.audit)]
    assert told.count("noted for the contract") == 1


async def test_an_empty_cell_leaves_what_staff_noted(desk: Desk) -> None:
    await desk.imports([a_row()])
    (row,) = await desk.stored()
    entered = Noted(unplanned_moves=4)
    await contract_facts.note(desk.service, row.id, lambda _: entered, desk.place.by)
    assert (await desk.imports([a_row(child_age="12")])).counts == (0, 1, 0)
    assert await noted(desk) == Noted(AgeBand.TO_FIFTEEN, 4)


async def test_a_dry_run_says_it_and_writes_nothing(small_desk: Desk) -> None:
    await small_desk.imports([a_row()])
    result = await small_desk.imports([a_row(**FACTS, **GIVEN)], dry_run=True)
    assert result.counts == (0, 1, 0)
    assert set(result.outcome.columns) == {*FACTS, "sex", "ethnic_group"}
    assert await noted(small_desk) == NOTHING
    assert await given_of(small_desk) == {}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"child_age": "26"}, "child_age"),
        ({"child_age": "young"}, "child_age"),
        ({"child_age": "12/03/2014"}, "child_age"),
        ({"child_age": "11-16"}, "child_age"),
        ({"child_age": "not-known"}, "child_age"),
        ({"unplanned_moves": "-1"}, "unplanned_moves"),
        ({"unplanned_moves": "51"}, "unplanned_moves"),
        ({"unplanned_moves": "two"}, "unplanned_moves"),
        ({"out_of_area_start": "maybe"}, "out_of_area_start"),
        ({"plan_on": "soon"}, "plan_on"),
        ({"plan_on": "2025-12-01"}, "plan_on"),
        ({"plan_on": "2026-12-01"}, "plan_on"),
        ({"disengaged_on": "2026-01-11"}, "disengaged_on"),
        ({"disengaged_on": "2026-03-01", "back_on": "2026-03-01"}, "back_on"),
        ({"back_on": "2026-03-01"}, "back_on"),
        ({"sex": "x", "given_by": "person"}, "sex"),
        ({"sex": "female"}, "given_by"),
        ({"sex": "female", "given_by": "the teacher"}, "given_by"),
        ({"sex": "not-given", "given_by": "person"}, "sex"),
    ],
)
async def test_what_cannot_be_so_is_a_fault_in_its_column(
    small_desk: Desk, cells: dict[str, str], column: str
) -> None:
    result = await small_desk.imports([a_row(**cells)])
    assert result.where == [(2, column)]
    assert all(fault.cause and fault.remedy for fault in result.faults)
    assert await small_desk.stored() == []


async def test_all_that_is_wrong_in_a_row_is_told_at_once(small_desk: Desk) -> None:
    row = a_row(lives="nowhere", unplanned_moves="x", plan_on="x", sex="x")
    assert {column for _, column in (await small_desk.imports([row])).where} == {
        "lives",
        "unplanned_moves",
        "plan_on",
        "sex",
    }


async def test_a_date_of_birth_is_refused_and_not_repeated(small_desk: Desk) -> None:
    result = await small_desk.imports([a_row(child_age="12/03/2014")])
    (fault,) = result.faults
    assert "date of birth" in fault.cause
    assert "2014" not in repr(fault)


async def test_coming_back_is_compared_with_the_day_that_is_stored(desk: Desk) -> None:
    await desk.imports([a_row(disengaged_on="2026-03-01")])
    result = await desk.imports([a_row(back_on="2026-02-01")])
    assert result.where == [(2, "back_on")]
    assert (await desk.imports([a_row(back_on="2026-04-01")])).counts == (0, 1, 0)


async def test_what_staff_noted_is_in_nobody_s_way_when_the_support_is_closed(desk: Desk) -> None:
    """A day that does not fit any more was not said by the file: the file is not refused for it."""
    await desk.imports([a_row()])
    (row,) = await desk.stored()
    late = Noted(disengaged_on=date(2026, 9, 10))
    await contract_facts.note(desk.service, row.id, lambda _: late, desk.place.by)
    closed = {"closed_on": "2026-09-01", "close_reason": "disengaged"}
    assert (await desk.imports([a_row(**closed)])).counts == (0, 1, 0)


@pytest.mark.parametrize(
    ("written", "band"),
    [
        ("0", "0-10"),
        ("10", "0-10"),
        ("11", "11-15"),
        ("15", "11-15"),
        ("16", "16-25"),
        ("25", "16-25"),
        ("11-15", "11-15"),
        ("11–15", "11-15"),
        ("11 to 15", "11-15"),
        ("16 - 25", "16-25"),
    ],
)
def test_an_age_in_years_becomes_a_band_and_is_not_kept(written: str, band: str) -> None:
    row = read(child_age=written)
    assert isinstance(row, EpisodeRow)
    assert row.noted.child_age == band
    assert row.noted == Noted(AgeBand(band))


@given(st.integers(-3, OLDEST + 5))
def test_every_age_lies_in_the_band_that_it_becomes(years: int) -> None:
    if not 0 <= years <= OLDEST:
        with pytest.raises(ValueError, match="no child is"):
            band_of(years)
        return
    first, _, last = band_of(years).value.partition("-")
    assert int(first) <= years <= int(last)


def read(**cells: str) -> object:
    texts: Mapping[str, str] = a_row(**cells)
    return check_row(Cells(2, texts), TODAY)


_CELLS = st.sampled_from(["", "yes", "2", "2026-03-01", "31/02/2026", "11-15", "female", "person"])


@given(st.dictionaries(st.sampled_from(OPTIONAL), _CELLS | st.text(max_size=8)))
def test_whatever_the_cells_hold_there_is_a_row_or_there_are_faults(cells: dict[str, str]) -> None:
    found: Any = read(**cells)
    if isinstance(found, EpisodeRow):
        return
    assert found
    assert {fault.column for fault in found} <= {*COLUMNS, *OPTIONAL}


# --- characteristics ------------------------------------------------------------------------------


async def test_what_was_given_is_noted_with_who_gave_it(desk: Desk) -> None:
    assert (await desk.imports([a_row(**GIVEN)])).counts == (1, 0, 0)
    assert await given_of(desk) == {
        "sex": ("female", "person"),
        "ethnic-group": ("mixed", "person"),
    }
    assert (await desk.imports([a_row(**GIVEN)])).counts == (0, 0, 1)


async def test_what_is_taken_back_in_the_file_is_deleted(desk: Desk) -> None:
    await desk.imports([a_row(**GIVEN)])
    result = await desk.imports([a_row(sex="not-said")])
    assert (result.counts, result.outcome.columns) == ((0, 1, 0), {"sex": 1})
    assert set(await given_of(desk)) == {"ethnic-group"}
    assert (await desk.imports([a_row(sex="not-said")])).counts == (0, 0, 1)


async def test_two_rows_of_one_child_may_say_different_things_of_it_but_no_other_value(
    desk: Desk,
) -> None:
    one = a_row(**GIVEN)
    other = a_row(reference="EP-2", disability="no", given_by=GivenBy.WORKER.value)
    assert (await desk.imports([one, other])).counts == (2, 0, 0)
    assert await given_of(desk) == {
        "sex": ("female", "person"),
        "ethnic-group": ("mixed", "person"),
        "disability": ("no", "worker"),
    }
    contradicts = a_row(reference="EP-3", case="t-1001", sex="male", given_by="person")
    result = await desk.imports([one, contradicts])
    assert result.where == [(3, "sex")]


async def test_what_was_given_may_change_while_somebody_answers(desk: Desk) -> None:
    await desk.imports([a_row(**GIVEN)])
    assert (await desk.imports([a_row(**{**GIVEN, "sex": "male"})])).counts == (0, 1, 0)
    assert (await given_of(desk))["sex"] == ("male", "person")

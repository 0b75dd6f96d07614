"""Staff and commissioners come in by a code that works once, and stay for a working day."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outcomes.episode import Audience
from storage import tables
from storage.access import IDLE_FOR, SIGNED_IN_FOR, SignedIn
from tests.support.callers import DAY, HOUR, Place, rows
from usecases import housekeeping, signing_in
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import StaffRole

WORKER = SignedIn("a made-up worker", signing_in.STAFF)


async def code_for(place: Place, service: Service, *, reusable: bool = False) -> str:
    return await signing_in.hand_out_code(service, WORKER, HOUR, place.now, reusable=reusable)


async def test_a_code_lets_one_person_in_once(place: Place, service: Service) -> None:
    code = await code_for(place, service)
    entered = await signing_in.enter(service, f" {code.upper()} ", place.now)
    assert entered is not None
    someone, token = entered
    assert someone == WORKER
    present = await signing_in.who_is(service, token, place.now)
    assert present is not None
    assert present.someone == WORKER
    assert await signing_in.enter(service, code, place.now) is None
    did = [(row.who, row.did) for row in await rows(service, tables.audit)]
    assert did == [
        ("starling", "handed out a code for staff"),
        ("a made-up worker", "signed in"),
    ]


async def test_two_who_use_one_code_at_once_one_comes_in(place: Place, service: Service) -> None:
    code = await code_for(place, service)
    done = await asyncio.gather(*(signing_in.enter(service, code, place.now) for _ in range(3)))
    assert sum(each is not None for each in done) == 1


@pytest.mark.postgres
async def test_two_processes_let_one_in(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        for _ in range(4):
            code = await code_for(place, here)
            done = await asyncio.gather(
                signing_in.enter(here, code, place.now), signing_in.enter(there, code, place.now)
            )
            assert sum(each is not None for each in done) == 1


async def test_a_code_that_may_be_used_again_can_be(small_place: Place, small: Service) -> None:
    code = await code_for(small_place, small, reusable=True)
    tokens = {(await signing_in.enter(small, code, small_place.now) or ("", ""))[1] for _ in "ab"}
    assert len(tokens) == 2


async def test_a_code_ends(small_place: Place, small: Service) -> None:
    code = await code_for(small_place, small)
    assert await signing_in.enter(small, code, small_place.now + HOUR) is None
    other = await code_for(small_place, small)
    assert await signing_in.enter(small, other, small_place.now + HOUR - timedelta(seconds=1))


@pytest.mark.parametrize("code", ["", "wrong", "x" * 10_000, "\x00", chr(0xD800), "' or 1=1 --"])
async def test_a_wrong_code_or_cookie_is_nobody(
    small_place: Place, small: Service, code: str
) -> None:
    await code_for(small_place, small)
    assert await signing_in.enter(small, code, small_place.now) is None
    assert await signing_in.who_is(small, code, small_place.now) is None
    await signing_in.leave(small, code)


async def test_signing_in_lasts_a_working_day_or_until_they_leave(
    small_place: Place, small: Service
) -> None:
    tokens = []
    for _ in range(2):
        entered = await signing_in.enter(small, await code_for(small_place, small), small_place.now)
        assert entered is not None
        tokens.append(entered[1])
    await signing_in.leave(small, tokens[0])
    assert await signing_in.who_is(small, tokens[0], small_place.now) is None
    still = small_place.now
    while still + IDLE_FOR < small_place.now + SIGNED_IN_FOR:  # somebody who goes on working
        present = await signing_in.who_is(small, tokens[1], still)
        assert present is not None
        assert present.someone == WORKER
        still += IDLE_FOR / 2
    assert await signing_in.who_is(small, tokens[1], small_place.now + SIGNED_IN_FOR) is None


async def test_what_has_ended_is_forgotten(place: Place, service: Service) -> None:
    await signing_in.enter(service, await code_for(place, service), place.now)
    await code_for(place, service)
    await housekeeping.tidy(service, place.now)
    assert len(await rows(service, tables.keycards)) == 2
    assert len(await rows(service, tables.sign_ins)) == 1
    await housekeeping.tidy(service, place.now + DAY)
    assert await rows(service, tables.keycards) == await rows(service, tables.sign_ins) == []


async def test_nobody_gets_a_role_that_there_is_not(small_place: Place, small: Service) -> None:
    for role in ("", "admin", "commissioner", "commissioner:everybody", "STAFF"):
        with pytest.raises(Refusal, match="There is no such role"):
            await signing_in.hand_out_code(small, SignedIn("somebody", role), HOUR, small_place.now)
    assert await rows(small, tables.keycards) == []


def test_a_commissioner_has_an_audience_and_staff_have_none() -> None:
    audiences = {role: signing_in.audience_of(SignedIn("x", role)) for role in signing_in.ROLES}
    assert set(StaffRole) <= {role for role, audience in audiences.items() if audience is None}
    assert {role: audience for role, audience in audiences.items() if audience is not None} == {
        "commissioner:derby-city": Audience.DERBY_CITY,
        "commissioner:derbyshire-county": Audience.DERBYSHIRE_COUNTY,
        "commissioner:icb": Audience.ICB,
    }


async def test_a_database_that_answers_is_reachable(small: Service) -> None:
    assert await housekeeping.is_reachable(small)

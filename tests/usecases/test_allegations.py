"""What may accuse somebody of the staff is read, and taken in hand, by nobody who may be meant."""

from __future__ import annotations

import pytest

from outcomes.episode import Commissioner, Lives, Strand
from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import Caller, Place, invite, phone, rows
from usecases import alerting_desk, inviting, moving, reading
from usecases.inviting import By, NewEpisode
from usecases.moving import EpisodeChange
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import StaffRole, sight_of

ACCUSED = "wendy.worker"
ALLEGATION = "my social worker touches me in her car"
LEADS = (StaffRole.SAFEGUARDING_LEAD, StaffRole.ON_CALL_MANAGER)


def who(place: Place, name: str, roles: str) -> By:
    return By(name, place.now, sight_of(name, roles))


async def child_of(place: Place, service: Service) -> tuple[Caller, str]:
    """A young person whom the accused looks after, and the id of their support."""
    new = NewEpisode(
        "T-1001",
        Commissioner.DERBY_CITY,
        Strand.DIRECT,
        "theraplay",
        Lives.FOSTER,
        place.now.date(),
        worker=ACCUSED,
    )
    episode = await inviting.open_episode(service, new, place.by)
    caller = phone(place, service)
    await caller.joins(
        await invite(place, service, episode, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN)
    )
    return caller, episode


async def read_by(service: Service, by: By) -> list[str]:
    return [each.text for each in (await reading.what_waits(service, by)).unread]


@pytest.mark.parametrize("roles", ["worker", "duty", "worker duty"])
async def test_below_the_safeguarding_lead_nobody_reads_or_counts_an_allegation(
    place: Place, service: Service, roles: str
) -> None:
    caller, _ = await child_of(place, service)
    await caller.types(ALLEGATION)
    (written,) = await rows(service, tables.words)
    for name in (ACCUSED, "somebody.else"):
        by = who(place, name, roles)
        assert await read_by(service, by) == []
        counts = await reading.own_counts(service, by)
        assert (counts.unread_words, counts.open_concerns, counts.overdue_words) == (0, {}, 0)
        assert (await alerting_desk.look(service, by)).standing == ()
        with pytest.raises(Refusal):
            await reading.mark_read(service, written.id, by)
    (alert,) = await rows(service, tables.alerts)
    assert alert.acknowledged_by is None
    assert alert.next_at is not None, "it goes on climbing"


@pytest.mark.parametrize("roles", LEADS)
async def test_a_lead_reads_it_and_has_it_in_hand(
    place: Place, service: Service, roles: str
) -> None:
    caller, _ = await child_of(place, service)
    await caller.types(ALLEGATION)
    by = who(place, "lena.lead", roles)
    assert await read_by(service, by) == [ALLEGATION]
    (written,) = await rows(service, tables.words)
    assert await reading.mark_read(service, written.id, by)
    (alert,) = await rows(service, tables.alerts)
    assert alert.acknowledged_by == "lena.lead"


@pytest.mark.parametrize("roles", ["worker", "worker duty", "worker safeguarding-lead", "staff"])
async def test_it_stays_so_when_the_child_has_another_worker_by_then(
    place: Place, service: Service, roles: str
) -> None:
    caller, episode = await child_of(place, service)
    await caller.types(ALLEGATION)
    change = EpisodeChange(worker="new.worker")
    await moving.change(service, episode, change, place.now.date(), place.by)
    by = who(place, ACCUSED.upper(), roles)
    assert await read_by(service, by) == []
    assert (await alerting_desk.look(service, by)).standing == ()
    assert await read_by(service, who(place, "lena.lead", "safeguarding-lead")) == [ALLEGATION]


async def test_a_worker_whom_a_child_does_not_want_neither_sees_the_wish_nor_silences_it(
    place: Place, service: Service
) -> None:
    caller, _ = await child_of(place, service)
    await caller.types("not my worker")
    worker = who(place, ACCUSED, "worker")
    assert (await reading.what_waits(service, worker)).notices == ()
    (notice,) = await rows(service, tables.notices)
    await reading.mark_seen(service, notice.id, worker)
    (alert,) = await rows(service, tables.alerts)
    assert alert.acknowledged_by is None
    assert alert.next_at is not None
    duty = who(place, "dora.duty", "duty")
    assert [each.id for each in (await reading.what_waits(service, duty)).notices] == [notice.id]

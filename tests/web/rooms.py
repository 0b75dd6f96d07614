"""Two children with two workers, and everything that pages can name of each: for tests of walls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Table, insert, select

from outcomes.episode import Commissioner, Lives, Strand
from storage.casework import Casework
from storage.sequence import new_id
from storage.silences import About, SilenceKind
from storage.silences import add as add_silence
from storage.tables import alerts, notices, participants, silences, wishes, words
from surveys.people import AgeBand, Role
from tests.web.plain_browser import join, write
from tests.web.stage import Stage
from usecases import inviting, suppressing
from usecases.inviting import By, Invitee, NewEpisode
from usecases.suppressing import Reason


@dataclass(frozen=True, slots=True)
class Room:
    """One child: case reference, worker, what they wrote, and ids by the parts of addresses."""

    case: str
    worker: str
    wrote: str
    ids: Mapping[str, str]


async def furnish(stage: Stage, case: str, worker: str, wrote: str) -> Room:
    """Open support for a child, let them join and write, and note something of every kind."""
    now = stage.world.clock.now
    by = By("made-up.office", now)
    service = stage.service
    new = NewEpisode(
        case,
        Commissioner.DERBY_CITY,
        Strand.DIRECT,
        "theraplay",
        Lives.FOSTER,
        service.rhythm.local(now).date(),
        worker,
    )
    episode = await inviting.open_episode(service, new, by)
    invitee = Invitee(episode, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN)
    invited = await inviting.invite(service, invitee, by)
    async with stage.browser() as child:
        # Somebody may be in danger, so that their worker may read it whatever they chose.
        await write(child, await join(child, invited.web), f"{wrote} i want to die")
    carer = await inviting.invite(service, Invitee(episode, Role.CARER), by)
    held = await suppressing.suppress(service, carer.participant, Reason.COURT, by, household=False)
    person = invited.participant
    await service.lane.write(lambda connection: _note(service.open(connection), person, episode))
    found = await service.lane.read(lambda connection: _ids(service.open(connection), person))
    ids = {"episode": episode, "participant": person, "action": held.action_id, **found}
    stage.world.clock.forward(timedelta(seconds=1))
    return Room(case, worker, wrote, ids)


def _note(work: Casework, person: str, episode: str) -> None:
    key = work.connection.scalar(select(participants.c.key).where(participants.c.id == person))
    now = work.connection.scalar(
        select(words.c.received_at).where(words.c.participant_id == person)
    )
    assert key is not None
    assert now is not None
    add_silence(work, About(person, key, episode, None), SilenceKind.DISENGAGED, now)
    work.flush()
    work.connection.execute(
        insert(notices),
        {"id": new_id(work.entropy), "participant_id": person, "kind": "wants-person", "at": now},
    )
    wish = {"id": new_id(work.entropy), "participant_id": person, "kind": "see", "at": now}
    work.connection.execute(insert(wishes), {**wish, "due_at": now})


def _ids(work: Casework, person: str) -> dict[str, str]:
    def newest(table: Table) -> str:
        query = select(table.c.id).where(table.c.participant_id == person)
        found: str | None = work.connection.scalars(query).first()
        assert found is not None, f"nothing in {table.name}"
        return found

    return {
        "words": newest(words),
        "notice": newest(notices),
        "fact": newest(silences),
        "alert": newest(alerts),
        "wish": newest(wishes),
    }

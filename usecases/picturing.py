"""Draws the picture of a finished run beside the last one, when it is about to be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from pictures.star import Ray, draw_star
from storage import episodes, people, runs
from storage.casework import Casework, Connection
from storage.runs import StoredRun
from surveys import scoring
from surveys.conversation import RunStatus
from surveys.instrument import Instrument, Item
from surveys.people import Voice
from surveys.phrasebook import phrasebook
from usecases.service import Service


class NoPicture(Exception):
    """There is no finished run of this id with a picture."""


def last_finished(
    work: Casework, service: Service, participant_id: str, run: StoredRun, before: datetime
) -> dict[str, int]:
    """Return the values of the finished run of the same instrument before this one, by item.

    A grown-up may answer for several children: last time is last time for the same child.
    """
    same_child = episodes.episodes_of_same_child(work, run.episode_id)
    earlier = [
        each
        for each in runs.of_participant(work, participant_id)
        if each.run.id != run.run.id
        and each.episode_id in same_child
        and each.run.instrument.id == run.run.instrument.id
        and each.run.status is RunStatus.FINISHED
        and each.run.moved_at <= before
    ]
    if not earlier:
        return {}
    last = earlier[-1].run
    return scoring.numbers(service.catalogue.get(last.instrument), last.answers)


async def what_to_draw(
    service: Service, run_id: str
) -> tuple[Instrument, Voice, dict[str, int], dict[str, int]]:
    """Return the instrument, the voice, and the values now and last time. Raises NoPicture."""

    def work(connection: Connection) -> tuple[Instrument, Voice, dict[str, int], dict[str, int]]:
        casework = service.open(connection)
        stored = runs.load(casework, run_id)
        owner = runs.owner(casework, run_id)
        person = people.load_person(casework, owner) if owner is not None else None
        if stored is None or person is None or stored.run.status is not RunStatus.FINISHED:
            raise NoPicture
        instrument = service.catalogue.get(stored.run.instrument)
        if not instrument.picture:
            raise NoPicture
        now = scoring.numbers(instrument, stored.run.answers)
        before = last_finished(casework, service, person.id, stored, stored.run.moved_at)
        return instrument, stored.run.voice, now, before

    return await service.lane.read(work)


async def picture_of(service: Service, run_id: str) -> bytes:
    """Return the picture of a finished run as PNG, drawn beside the loop. Raises NoPicture."""
    instrument, voice, now, before = await what_to_draw(service, run_id)
    return await asyncio.to_thread(draw, instrument, voice, now, before)


def draw(
    instrument: Instrument, voice: Voice, now: Mapping[str, int], before: Mapping[str, int]
) -> bytes:
    """Draw the values of now over those of last time; items without a number stay a gap."""
    say = phrasebook().say
    rays = [
        Ray(
            label=item.area.speak(voice) if item.area is not None else item.id,
            now=now.get(item.id),
            before=before.get(item.id),
            symbol=_symbol(item, voice),
        )
        for item in instrument.items
        if item.scored
    ]
    title = "drawing.title-adult" if voice is Voice.ADULT else "drawing.title-star"
    return draw_star(
        rays,
        title=say(title, voice),
        now_label=say("drawing.today", voice),
        before_label=say("drawing.last-time", voice) if before else None,
        skipped_label=say("drawing.skipped", voice),
    )


def _symbol(item: Item, voice: Voice) -> str:
    """Return the picture that stands before the question for the youngest, if there is one."""
    first = item.ask.speak(voice).split(maxsplit=1)[0]
    return first if voice is Voice.YOUNGER and not first.isascii() else ""

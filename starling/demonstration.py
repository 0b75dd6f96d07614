"""The small made-up service that a first start shows: lived once, then kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from outcomes.episode import Audience, Commissioner, Lives, Strand
from outcomes.quarter import Quarter
from starling.simulation.life import Life, Plan
from starling.simulation.orders import Here
from starling.simulation.published import take_published
from storage.access import SignedIn
from surveys.people import AgeBand, Role
from usecases import inviting, publishing, signing_in
from usecases.inviting import By, Invitee, NewEpisode
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import StaffRole

CHILDREN: Final = 260
DAYS: Final = 400
SEED: Final = 7
_CASE: Final = "MADE-UP-DEMO-1"
_WHO: Final = "demonstration"
_SECOND: Final = "demonstration.second"
_WORKER: Final = "worker.1"
"""One of the workers of the simulated service."""
_LIVES: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Links:
    """The doors of the demonstration; `worker` is that of one worker, who sees a caseload."""

    young_person: str
    carer: str
    staff: str
    worker: str
    commissioner: str


async def make_links(service: Service, now: datetime) -> Links:
    """Return fresh links into the made-up service; the people behind them stay the same."""
    episode = await _demo_episode(service, now)
    young = await inviting.invite(
        service, Invitee(episode, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN), By(_WHO, now)
    )
    carer = await inviting.invite(service, Invitee(episode, Role.CARER), By(_WHO, now))
    staff = SignedIn("demo.worker", signing_in.STAFF)
    worker = SignedIn(_WORKER, StaffRole.WORKER)
    payer = SignedIn("demo.commissioner", f"commissioner:{Audience.ICB.value}")
    codes = [
        await signing_in.hand_out_code(service, someone, _LIVES, now, reusable=True)
        for someone in (staff, worker, payer)
    ]
    return Links(
        young_person=young.web,
        carer=carer.web,
        staff=f"{service.public_url}/enter/{codes[0]}",
        worker=f"{service.public_url}/enter/{codes[1]}",
        commissioner=f"{service.public_url}/enter/{codes[2]}",
    )


async def _demo_episode(service: Service, now: datetime) -> str:
    for each in await inviting.list_episodes(service):
        if each.case == _CASE and each.episode.closed_on is None:
            return each.episode.id
    new = NewEpisode(
        _CASE,
        Commissioner.DERBY_CITY,
        Strand.DIRECT,
        "theraplay",
        Lives.FOSTER,
        service.rhythm.local(now).date(),
        _WORKER,
    )
    return await inviting.open_episode(service, new, By(_WHO, now))


"""EOF
"""


async def load_demo(service: Service, now: datetime, on_day: Callable[[], object]) -> bool:
    """Live the made-up service up to yesterday, where no people are yet; False where some are.

    Nobody in it is reachable over Telegram, so that no message can ever reach a stranger.
    """
    if any(each.case != _CASE for each in await inviting.list_episodes(service)):
        return False
    yesterday = service.rhythm.local(now).date() - timedelta(days=1)
    plan = Plan(CHILDREN, yesterday - timedelta(days=DAYS), yesterday, SEED, telegram=0.0)
    chance = Random(f"{SEED}:demo")  # noqa: S311 (made-up people, no secret)
    await Life(Here(service), service.rhythm, plan, chance).live(on_day)
    await take_published(service, now)
    await _publish_past_quarters(service, plan, now)
    return True


async def _publish_past_quarters(service: Service, plan: Plan, now: datetime) -> None:
    """Publish the figures of every quarter that has ended since the plan began."""
    quarter = Quarter.containing(plan.first)
    while quarter.last_day < service.rhythm.local(now).date():
        with suppress(Refusal):  # too few people: then there are no figures
            release = await publishing.compile_period(service, quarter, By(_WHO, now))
            await publishing.approve(service, release.id, By(_SECOND, now))
            await publishing.publish(service, release.id, By(_SECOND, now))
        quarter = quarter.following

"""Opens the database for a simulation: seeded, and only where no people are yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

from starling.compose import Sources, make_rhythm, open_service
from starling.settings import Settings
from starling.simulation.accounting import Accounts, settle_accounts
from starling.simulation.apart import Apart, Kills
from starling.simulation.life import Life, Plan
from starling.simulation.orders import Here, Room
from starling.simulation.proving import Proven, prove
from starling.simulation.published import TakePublished
from starling.simulation.releasing import Told
from usecases import inviting
from usecases.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of a plan: how often what happened, and the account of every due moment.

    Where figures were given out, what became of those of each period, and the last look at all.
    """

    happened: Counter[str]
    accounts: Accounts
    told: tuple[Told, ...] = ()
    proven: Proven | None = None


async def live_plan(settings: Settings, plan: Plan, on_day: Callable[[], object]) -> Lived:
    """Live a plan in the database of these settings; return what became of it.

    Raises Refusal when there are people in it already.
    """
    sources = Sources(entropy=Random(plan.seed).randbytes, node=0)
    async with open_service(settings, sources) as service:
        if await inviting.list_episodes(service):
            msg = (
                "There are people in this database already. A made-up service needs an empty one: "
                "set STARLING_DATABASE_URL to a new file, such as sqlite:///var/made-up.db."
            )
            raise Refusal(msg)
        if not plan.kills:
            return await _live_in(Here(service), settings, plan, on_day)
    async with _apart(settings, plan) as room:
        return await _live_in(room, settings, plan, on_day)


@asynccontextmanager
async def _apart(settings: Settings, plan: Plan) -> AsyncIterator[Apart]:
    chance = Random(f"{plan.seed}:kills")
    kills = Kills.draw(plan.kills, plan.first, plan.last, chance)
    async with Apart(settings, plan.seed, kills, chance) as room:
        yield room


async def _live_in(
    room: Room, settings: Settings, plan: Plan, on_day: Callable[[], object]
) -> Lived:
    life = Life(room, make_rhythm(settings), plan, Random(f"{plan.seed}:life"))
    now = await life.live(on_day)
    await room.do(TakePublished(now))
    if isinstance(room, Apart):
        life.happened["times the process was killed"] = room.deaths
    async with open_service(settings) as reader:
        accounts = await settle_accounts(reader, life.watch, now, must_end=plan.to_the_end)
        proven = await prove(reader) if plan.releases else None
    told = () if life.releasing is None else tuple(life.releasing.told)
    return Lived(life.happened, accounts, told, proven)

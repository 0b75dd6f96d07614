"""Opens the database for a simulation: seeded, and only where no people are yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from starling.compose import Sources, open_service
from starling.settings import Settings
from starling.simulation.life import Life, Plan
from usecases import inviting
from usecases.refusal import Refusal


async def live_plan(settings: Settings, plan: Plan, on_day: Callable[[], object]) -> Counter[str]:
    """Live a plan in the database of these settings; return how often what happened.

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
        life = Life(service, plan, Random(f"{plan.seed}:life"))
        return await life.live(on_day)

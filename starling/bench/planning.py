"""Measures how long planning for many support episodes takes, through the real use cases."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from starling.bench.due import Joined
from starling.bench.figures import Round
from storage import episodes, people
from storage.casework import Connection
from usecases import planning
from usecases.service import Service

_AT_A_TIME: Final = 500


async def plan_all(service: Service, joined: Sequence[Joined], now: datetime) -> Round:
    """Plan what follows joining, and then what follows the end, for each; return what it took."""
    cpu, began = time.process_time(), time.perf_counter()
    for first in range(0, len(joined), _AT_A_TIME):
        some = joined[first : first + _AT_A_TIME]
        await service.lane.write(partial(_plan, service, some, now))
    return Round(len(joined), time.perf_counter() - began, time.process_time() - cpu, ())


def _plan(service: Service, some: Sequence[Joined], now: datetime, connection: Connection) -> None:
    work = service.open(connection)
    persons = people.load_people(work, [each.participant for each in some])
    today = service.rhythm.local(now).date()
    for each in some:
        planning.plan_joining(service, work, persons[each.participant], now)
    work.flush()
    for each in some:
        episode = episodes.load(work, each.episode)
        if episode is not None:
            planning.plan_closing(service, work, episode, today, now)
    work.flush()

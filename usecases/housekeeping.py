"""What has to be tidied now and then: old numbers, ended sign-ins, and claims of who hangs."""

from __future__ import annotations

from datetime import datetime

from storage import access, hanging, inbox
from storage.casework import Connection
from usecases.service import Service


async def tidy(service: Service, now: datetime) -> None:
    """Forget what nobody needs any more."""

    def work(connection: Connection) -> None:
        inbox.forget_handled(connection, now)
        access.forget_expired(service.open(connection), now)

    await service.lane.write(work)


async def end_hanging(service: Service) -> int:
    """End what other programs on this database hold and hang with; return how many it were."""
    return await service.lane.read(hanging.end_hanging)


async def is_reachable(service: Service) -> bool:
    """Tell whether the database answers."""
    return await service.lane.read(lambda connection: not connection.closed)

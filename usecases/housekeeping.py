"""What has to be tidied now and then: numbers of old updates, and sign-ins that have ended."""

from __future__ import annotations

from datetime import datetime

from storage import access, inbox
from storage.casework import Connection
from usecases.service import Service


async def tidy(service: Service, now: datetime) -> None:
    """Forget what nobody needs any more."""

    def work(connection: Connection) -> None:
        inbox.forget_handled(connection, now)
        access.forget_expired(service.open(connection), now)

    await service.lane.write(work)


async def is_reachable(service: Service) -> bool:
    """Tell whether the database answers."""
    return await service.lane.read(lambda connection: not connection.closed)

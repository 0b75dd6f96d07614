"""The web chat's own record: browsers, and the lines that they show."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from storage import transcripts
from storage.casework import Casework, Connection
from storage.outbox import Button
from storage.quoting import fill, quotes, whose_chat
from usecases.arrival import Channel
from usecases.service import Service

_OPENED: Final = "opened page"


@dataclass(frozen=True, slots=True)
class Shown:
    """One of our messages as a browser shows it; `picture_run` names a run whose picture it is."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    picture_run: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation: ours with buttons, or the person's own words."""

    id: int
    ours: bool
    shown: Shown
    at: datetime
    changed_at: datetime


async def new_visitor(
    service: Service, now: datetime, opened: str | None = None
) -> tuple[int, str]:
    """Add a browser; return its number and the secret for its cookie, which is stored nowhere.

    `opened` is the mark of a page that was opened: a second try from it gives the same browser
    again. The secret is made of it under the service's own key, so that whoever chose the mark for
    somebody else does not know it.
    """

    def work(casework: Casework) -> tuple[int, str]:
        if opened is None:
            token = transcripts.new_token(casework)
        else:
            token = casework.vault.index(_OPENED, opened).hex()
        known = transcripts.visitor_of(casework, token) if opened else None
        return known or transcripts.add_visitor(casework, token, now), token

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def visitor_of(service: Service, token: str) -> int | None:
    """Return the number of the browser with this cookie, or None.

    After the keys were changed its secret is indexed anew now, as nobody else knows it.
    """

    def work(casework: Casework) -> tuple[int | None, bool]:
        found = transcripts.visitor_of(casework, token)
        return found, transcripts.is_found_by_an_older_key(casework, token)

    found, is_older = await service.lane.read(lambda connection: work(service.open(connection)))
    if is_older:
        service.lane.later(
            lambda connection: transcripts.index_anew(service.open(connection), token)
        )
    return found


async def write(service: Service, visitor_id: int, shown: Shown, now: datetime) -> int:
    """Add one of our messages; return its number."""

    def work(connection: Connection) -> int:
        casework = service.open(connection)
        number = transcripts.write(casework, visitor_id, _to_json(shown), now)
        casework.flush()
        return number

    return await service.lane.write(work)


async def change(
    service: Service, visitor_id: int, number: int, shown: Shown, now: datetime
) -> bool:
    """Change one of our messages; False when there is none of this number."""
    return await service.lane.write(
        lambda connection: transcripts.change(
            service.open(connection), visitor_id, number, _to_json(shown), now
        )
    )


async def shown(service: Service, visitor_id: int, number: int) -> Shown | None:
    """Return one of our messages, or None."""

    def work(connection: Connection) -> Shown | None:
        body = transcripts.body_of(service.open(connection), visitor_id, number)
        return _from_json(body) if body else None

    return await service.lane.read(work)


async def since(
    service: Service, visitor_id: int, changed_after: datetime | None = None
) -> list[Line]:
    """Return the newest lines of a conversation, oldest first; or only what changed since."""

    def work(connection: Connection) -> list[Line]:
        casework = service.open(connection)
        lines = transcripts.since(casework, visitor_id, changed_after)
        bodies = [_from_json(line.body) if line.ours else Shown(line.body) for line in lines]
        points = any(quotes(each.text) for each in bodies)
        whose = whose_chat(casework, Channel.WEB.value, visitor_id) if points else None
        return [
            Line(
                line.id,
                line.ours,
                _as_seen(casework, shown, whose) if line.ours else shown,
                line.at,
                line.changed_at,
            )
            for line, shown in zip(lines, bodies, strict=True)
        ]

    return await service.lane.read(work)


def _as_seen(work: Casework, shown: Shown, whose: str | None) -> Shown:
    """Return a message with the person's own words in it where it points to them."""
    return replace(shown, text=fill(work, shown.text, whose)) if quotes(shown.text) else shown


def _to_json(shown: Shown) -> str:
    rows = [[[button.label, button.data, button.url] for button in row] for row in shown.rows]
    body = {"text": shown.text, "rows": rows, "picture": shown.picture_run}
    return json.dumps(body, separators=(",", ":"))


def _from_json(body: str) -> Shown:
    stored = json.loads(body)
    rows = tuple(tuple(Button(*button) for button in row) for row in stored["rows"])
    return Shown(stored["text"], rows, stored["picture"])

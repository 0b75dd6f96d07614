"""Changes the key that everything is locked with, while the service goes on.

It must not read or write a key file: it works with the keys that the service has, newest first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from storage import audit, chain, key_marks, rotation
from storage.casework import Casework
from storage.key_marks import Knows, Turned
from storage.rotation import Left
from storage.sealed import SEALED, Sealed
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

Tell = Callable[[int, int], None]
"""Told how many rows were looked at, and of how many."""

_PASSES: Final = 10


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands with the keys; names only. `keys` are those the service knows, newest first.

    `browsers` have secrets whose index only they can make anew, by coming back.
    """

    keys: tuple[str, ...]
    newest: str | None
    turned: Turned | None
    left: tuple[Left, ...]
    running: tuple[Knows, ...]
    browsers: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is sealed with anything but the newest key."""
        return not any(each.older for each in self.left)

    def who_lags(self) -> list[Knows]:
        """Return the running programs that seal with another key than the newest."""
        return [each for each in self.running if each.keys[:1] != self.keys[:1]]


async def look(service: Service, now: datetime) -> Status:
    """Return how it stands with the keys."""

    def work(casework: Casework) -> Status:
        connection = casework.connection
        return Status(
            keys=casework.vault.key_names,
            newest=key_marks.newest(connection),
            turned=key_marks.turned(connection),
            left=tuple(rotation.left(connection, casework.vault)),
            running=tuple(key_marks.running(connection, now)),
            browsers=rotation.count_browsers(connection),
        )

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def running(service: Service, now: datetime) -> list[Knows]:
    """Return the programs that run on this database, and the keys that each of them knows."""
    return await service.lane.read(lambda connection: key_marks.running(connection, now))


async def say_keys(service: Service, program: str, now: datetime) -> None:
    """Let others know which keys this program knows: each does so again and again."""
    knows = Knows(program, now, service.open.vault.key_names)
    await service.lane.write(lambda connection: key_marks.say(connection, knows))


async def rotate(service: Service, by: By, tell: Tell) -> int:
    """Seal everything with the newest key; return how many rows that changed.

    The service goes on meanwhile. It may end at any moment: begun again, it goes on with what is
    left. Raises Refusal while a running program would go on sealing with an older key.
    """
    status = await look(service, by.now)
    lagging = status.who_lags()
    if lagging:
        msg = (
            f"{len(lagging)} running program(s) do not use the new key yet. Give them the same "
            "keys in the same order and start them again, then run this again."
        )
        raise Refusal(msg)
    key = status.keys[0]
    await _note(service, "began to seal with a new key", key, by)
    changed = 0
    for _ in range(_PASSES):
        now_changed = await _one_pass(service, tell)
        changed += now_changed
        if not now_changed:
            break
    changed += await service.lane.write(
        lambda connection: int(chain.reseal(connection, service.open.vault))
    )
    if not (await look(service, by.now)).is_done:
        msg = "Some rows are still sealed with an older key: run `starling keys rotate` again."
        raise Refusal(msg)
    await _finish(service, key, by)
    return changed


async def may_retire(service: Service, name: str, now: datetime) -> Status:
    """Return how it stands where a key may be taken away. Raises Refusal, with what to do first."""
    status = await look(service, now)
    if name not in status.keys:
        msg = "There is no key with this name here. See `starling keys status`."
        raise Refusal(msg)
    if name == status.keys[0]:
        msg = "This is the newest key. Add another and rotate first: `starling keys add`."
        raise Refusal(msg)
    if not status.is_done or status.turned is None or status.turned.key != status.keys[0]:
        msg = "Something is still sealed with an older key: run `starling keys rotate` first."
        raise Refusal(msg)
    if status.who_lags():
        msg = "A running program still seals with an older key. Start it again first."
        raise Refusal(msg)
    return status


async def note_added(service: Service, name: str, by: By) -> None:
    """Note that somebody added a key."""
    await _note(service, "added a key", name, by)


async def note_retired(service: Service, name: str, by: By) -> None:
    """Note that somebody took a key away."""
    await _note(service, "took a key away", name, by)


async def _one_pass(service: Service, tell: Tell) -> int:
    """Go through everything once; return how many rows changed."""
    of = await service.lane.read(rotation.count_rows)
    looked_at = changed = 0
    for sealed in SEALED:
        after: object = None
        while True:
            done = await _some(service, sealed, after)
            looked_at, changed = looked_at + done.looked_at, changed + done.changed
            tell(min(looked_at, of), of)
            after = done.after
            if after is None:
                break
    return changed


async def _some(service: Service, sealed: Sealed, after: object) -> rotation.Pass:
    return await service.lane.write(
        lambda connection: rotation.reseal_some(service.open(connection), sealed, after)
    )


async def _finish(service: Service, key: str, by: By) -> None:
    def work(casework: Casework) -> None:
        key_marks.set_turned(casework.connection, Turned(key, by.now))
        audit.note(casework, by.who, "sealed everything with a new key", key, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def _note(service: Service, did: str, key: str, by: By) -> None:
    def work(casework: Casework) -> None:
        key_marks.set_newest(casework.connection, casework.vault.key_names[0])
        audit.note(casework, by.who, did, key, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))

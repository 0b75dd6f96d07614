"""What leaves about an alert: fixed words and a link, by every way, again until it is taken."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiohttp import web

from starling.notifying import Notifier
from storage import tables
from tests.support.callers import Place, joined, rows
from tests.support.canary import CANARY_SENTENCE
from tests.support.ladders import with_rungs
from usecases import alerting, alerting_drills, alerting_notices
from usecases.alerting_notices import LEASE, SENTENCE, TRIES, wait_after
from usecases.inviting import By
from usecases.letters import Fate, Letter
from usecases.service import Service

CRISIS = "i want to kill myself and my worker hits me"


@dataclass
class Hooks:
    """A web server of a staff chat; `status` is what it answers."""

    address: str = ""
    status: int = 200
    bodies: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@asynccontextmanager
async def open_hooks() -> AsyncIterator[Hooks]:
    hooks = Hooks()

    async def take(request: web.Request) -> web.Response:
        hooks.bodies.append(await request.text())
        hooks.keys.append(request.headers["Idempotency-Key"])
        return web.Response(status=hooks.status)

    application = web.Application()
    application.router.add_post("/{name}", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    hooks.address = f"http://127.0.0.1:{port}"
    try:
        yield hooks
    finally:
        await runner.cleanup()


@pytest.fixture
async def hooks() -> AsyncIterator[Hooks]:
    async with open_hooks() as opened:
        yield opened


@pytest.fixture
def place(sqlite_url: str) -> Place:
    return Place(sqlite_url)


@pytest.fixture
async def service(place: Place, hooks: Hooks) -> AsyncIterator[Service]:
    rungs = f"""
  worker: {{}}
  duty: {{}}
  safeguarding-lead:
    ways:
      - chat: {hooks.address}/chat
      - webhook: {hooks.address}/pager
      - email: lead@example.org
  on-call-manager: {{}}
"""
    async with place.open() as opened:
        yield replace(opened, ladder=with_rungs(rungs))


@dataclass
class Post:
    """A mail server that takes everything, or nothing."""

    fate: Fate = Fate.SENT
    letters: list[Letter] = field(default_factory=list)

    async def __call__(self, letter: Letter) -> Fate:
        """Take a letter."""
        self.letters.append(letter)
        return self.fate


async def test_nothing_that_leaves_says_who_what_or_why(
    place: Place, service: Service, hooks: Hooks
) -> None:
    post = Post()
    caller, invited = await joined(place, service)
    await caller.types(f"{CRISIS} {CANARY_SENTENCE}")
    await alerting_notices.send_due(service, Notifier(post), place.now)
    link = "https://starling.test/staff/alerts"
    (letter,) = post.letters
    assert letter == Letter(
        "lead@example.org", "A message needs reading", f"{SENTENCE}\n\n{link}\n"
    )
    said = [json.loads(body) for body in hooks.bodies]
    assert sorted(said, key=str) == [
        {"event": "message-needs-reading", "link": link},
        {"text": f"A message needs reading. {link}"},
    ]
    (alert,) = await rows(service, tables.alerts)
    left = f"{hooks.bodies} {hooks.keys} {letter}"
    for secret in (invited.participant, alert.id, alert.concern_id, "T-1001", "crisis", "suicide"):
        assert secret not in left
    assert CANARY_SENTENCE not in left


async def test_a_drill_leaves_the_same_words_as_an_alert(
    place: Place, service: Service, hooks: Hooks
) -> None:
    await alerting_drills.raise_now(service, By("dee.duty", place.now))
    await alerting_notices.send_due(service, Notifier(Post()), place.now)
    drilled = sorted(hooks.bodies)
    hooks.bodies.clear()
    caller, _ = await joined(place, service)
    await caller.types(CRISIS)
    await alerting_notices.send_due(service, Notifier(Post()), place.now)
    assert sorted(hooks.bodies) == drilled


async def test_what_is_not_taken_is_shown_as_failed_and_tried_again_with_the_same_key(
    place: Place, service: Service, hooks: Hooks
) -> None:
    hooks.status = 500
    caller, _ = await joined(place, service)
    await caller.types(CRISIS)
    await alerting_notices.send_due(service, Notifier(Post(Fate.NOT_SENT)), place.now)
    assert await _states(service) == ["failed"] * 3
    hooks.status = 204
    await alerting_notices.send_due(service, Notifier(Post()), place.forward(wait_after(1)))
    assert await _states(service) == ["sent"] * 3
    assert len(hooks.keys) == 2 * len(set(hooks.keys))


async def test_tries_end_and_their_waits_grow(place: Place, service: Service, hooks: Hooks) -> None:
    hooks.status = 500
    caller, _ = await joined(place, service)
    await caller.types(CRISIS)
    for _ in range(TRIES + 3):
        await alerting_notices.send_due(service, Notifier(None), place.now)
        place.forward(timedelta(minutes=15))
    steps = [row for row in await rows(service, tables.alert_steps) if row.channel != "page"]
    assert {(row.attempts, row.due_at, row.state) for row in steps} == {(TRIES, None, "failed")}
    waits = [wait_after(number) for number in range(1, TRIES)]
    assert waits == sorted(waits)


class _Died(Exception):
    """Stands in for the end of a process in the middle of sending."""


async def test_a_process_that_died_while_sending_lets_go(
    place: Place, service: Service, hooks: Hooks
) -> None:
    caller, _ = await joined(place, service)
    await caller.types(CRISIS)

    async def die(*_: object) -> bool:
        raise _Died

    with pytest.raises(_Died):
        await alerting_notices.send_due(service, die, place.now)
    await alerting_notices.send_due(service, Notifier(Post()), place.now)
    assert hooks.bodies == []
    await alerting_notices.send_due(service, Notifier(Post()), place.forward(LEASE))
    assert await _states(service) == ["sent"] * 3


async def test_many_alerts_at_once_are_one_notice_by_each_way(
    place: Place, service: Service, hooks: Hooks
) -> None:
    caller, _ = await joined(place, service)
    for _ in range(4):
        await caller.types(CRISIS)
    await alerting_notices.send_due(service, Notifier(Post()), place.now)
    assert len(hooks.bodies) == 2
    assert set(await _states(service)) == {"sent"}


async def test_somebody_taken_off_the_ladder_is_told_nothing_more(
    place: Place, service: Service, hooks: Hooks
) -> None:
    caller, _ = await joined(place, service)
    await caller.types(CRISIS)
    changed = replace(
        service,
        ladder=with_rungs(
            "\n  worker: {}\n  duty: {}\n  safeguarding-lead: {}\n  on-call-manager: {}\n"
        ),
    )
    await alerting_notices.send_due(changed, Notifier(Post()), place.now)
    assert hooks.bodies == []
    assert await _states(service) == ["stopped"] * 3
    await alerting.sweep(changed, place.forward(timedelta(hours=1)))


async def _states(service: Service) -> list[str]:
    steps = await rows(service, tables.alert_steps)
    return [row.state for row in steps if row.channel != "page"]

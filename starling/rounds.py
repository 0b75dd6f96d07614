"""What is done again and again while the program runs, and how often: only the clock knows how."""

from __future__ import annotations

import asyncio
import secrets

from bot.courier import Courier
from bot.intake import Intake
from bot.stranded import find_words
from followups.clock import Bell, Clock
from followups.dispatch import EVERY, dispatch_due
from starling.anchors import add_anchor, read_anchors
from starling.compose import clock
from starling.key_watch import KeyWatch
from starling.last_seen import write_last_seen
from starling.notifying import Notifier
from starling.settings import Settings
from usecases import (
    alerting,
    alerting_canary,
    alerting_drills,
    alerting_notices,
    auditing,
    housekeeping,
    nudging,
    restoring,
    retaining,
    silence,
    stranded,
    sweeping,
    telling_back,
    wishes,
)
from usecases.letters import Post
from usecases.service import Service


def wind_up(
    settings: Settings, service: Service, courier: Courier, intake: Intake, post: Post | None
) -> Clock:
    """Return the clock with all that is done again and again; `post` is None without e-mails."""

    async def ask_who_is_due() -> None:
        await dispatch_due(service, courier, clock)

    async def recover() -> None:
        await intake.recover()
        courier.deliver(await stranded.rescue(service, find_words, clock()))

    async def tell_back() -> None:
        courier.deliver(await telling_back.tell_due(service, clock()))

    async def say_alive() -> None:
        seen = await restoring.note_alive(service, clock())
        await asyncio.to_thread(write_last_seen, settings.last_seen_file, seen)

    async def look_for_silence() -> None:
        await silence.look(service, clock())

    async def sweep() -> None:
        await sweeping.sweep_hourly(service, clock())

    async def end_hanging() -> None:
        await housekeeping.end_hanging(service)

    async def remember_audit() -> None:
        await _remember_audit(settings, service)

    watch = KeyWatch(settings, service, secrets.token_hex(4), clock)

    async def tidy() -> None:
        await housekeeping.tidy(service, clock())

    return Clock(
        [
            Bell("askings", EVERY, ask_who_is_due),
            Bell("you said, we did", 300.0, tell_back),
            Bell("parked updates", 15.0, recover),
            Bell("alive", 60.0, say_alive),
            Bell("silence", 600.0, look_for_silence, at_once=True),
            # It looks once in every hour of the clock, whoever rings.
            Bell("sweep", 300.0, sweep, at_once=True),
            Bell("hanging programs", 15.0, end_hanging),
            Bell("housekeeping", 3600.0, tidy),
            # It writes once in every day, whenever it was started.
            Bell("audit head", 900.0, remember_audit, at_once=True),
            Bell("keys", 5.0, watch.look, at_once=True),
            *_rights_bells(service),
            *_nudge_bells(service, post),
            *_alert_bells(service, post),
        ],
        clock,
    )


def _rights_bells(service: Service) -> list[Bell]:
    """Return what people's rights need: to be forgotten when granted, and nothing kept too long."""

    async def forget() -> None:
        await wishes.forget_granted(service, clock())

    async def purge() -> None:
        await retaining.purge_daily(service, service.retention, clock())

    return [
        Bell("forgetting", 300.0, forget, at_once=True),
        Bell("retention", 86_400.0, purge, at_once=True),
    ]


def _alert_bells(service: Service, post: Post | None) -> list[Bell]:
    """Return what alerts need: to climb, to be told of, to be tried out, and rules that work."""
    send = Notifier(post)

    async def climb() -> None:
        await alerting.sweep(service, clock())

    async def notify() -> None:
        await alerting_notices.send_due(service, send, clock())

    async def drill() -> None:
        await alerting_drills.raise_weekly(service, clock())

    async def sing() -> None:
        await alerting_canary.sing(service, clock())

    async def look_for_overdue() -> None:
        await alerting_canary.look_for_overdue(service, clock())

    return [
        Bell("alerts", 15.0, climb, at_once=True),
        Bell("alert notices", 10.0, notify, at_once=True),
        Bell("drill", 300.0, drill),
        Bell("canary", 600.0, sing, at_once=True),
        Bell("overdue words", 300.0, look_for_overdue),
    ]


def _nudge_bells(service: Service, post: Post | None) -> list[Bell]:
    """Return what e-mails need, where any leave."""
    if post is None:
        return []

    async def nudge() -> None:
        await nudging.nudge_due(service, post, clock())

    async def forget() -> None:
        await nudging.forget_unconfirmed(service, clock())

    return [Bell("nudges", 60.0, nudge), Bell("forgotten addresses", 3600.0, forget)]


async def _remember_audit(settings: Settings, service: Service) -> None:
    """Write the audit's head outside the database, where that was not done on this day."""
    head = await auditing.head(service, clock())
    file = settings.audit_heads_file
    if head is not None and auditing.is_due(await asyncio.to_thread(read_anchors, file), head):
        await asyncio.to_thread(add_anchor, file, head)

"""The running program: chats, pages, clock and courier in one process, begun and ended in order."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

import uvicorn
from aiogram import Bot

from bot import telegram
from bot.channels import WEB_BOT_ID
from bot.courier import Courier, Route
from bot.dispatcher import build_dispatcher
from bot.doorway import Doorway
from bot.intake import Intake, Outcome
from bot.pace import pace_of
from bot.polling import Poller
from followups.clock import Clock
from starling.anchors import read_anchors
from starling.compose import clock, open_service
from starling.last_seen import read_last_seen, write_last_seen
from starling.mail import open_post
from starling.organisation import open_organisation
from starling.rounds import wind_up
from starling.settings import Settings
from storage.database import SoleOwner, current_revision, newest_revision, sqlite_file
from surveys import concerns
from usecases import erasing, housekeeping, picturing, restoring, sending
from usecases.arrival import Channel
from usecases.letters import Post
from usecases.receiving import Reception
from usecases.service import Service
from web.app import create_app
from web.bridge import WebSession
from web.patience import ImpatientProtocol
from web.ports import Fed, Webhook
from web.site import Site

DRAIN: Final = 8.0
"""Seconds in which everything that is in hand may come to its end after a signal."""

_LOOK_AGAIN: Final = 0.02

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Running:
    """What a started program consists of; `telegram_name` is learnt from Telegram."""

    service: Service
    courier: Courier
    intake: Intake
    server: uvicorn.Server
    web_session: WebSession
    bells: Clock
    poller: Poller | None
    background: asyncio.Task[None]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """What happens once: `greet` when the pages are served, then `prepare` before the clock runs.

    While `prepare` works, people can already talk with us; follow-ups wait until it is done.
    """

    greet: Callable[[Service], Awaitable[None]]
    prepare: Callable[[Service], Awaitable[None]] | None = None


async def run(settings: Settings, once: Occurrences) -> None:
    """Run until a signal comes, then drain and stop.

    Raises SettingsRefused, DatabaseRefused where another process owns the SQLite file, and OSError
    when the port is taken.
    """
    async with AsyncExitStack() as stack:
        file = sqlite_file(settings.database_url)
        if file is not None:
            stack.enter_context(SoleOwner(file))
        door = stack.enter_context(_open_door(settings.web_host, settings.web_port))
        name: dict[str, str | None] = {"telegram": settings.telegram_bot_name}
        service = await stack.enter_async_context(
            open_service(settings, bot_name=lambda: name["telegram"])
        )
        await _look_for_a_restore(settings, service)
        if file is not None:
            await sending.begin_alone(service, clock())
        async with asyncio.TaskGroup() as tasks:
            running = await _put_together(settings, service, tasks, name, stack)
            await _serve(running, tasks, once, door)


def _open_door(host: str, port: int) -> socket.socket:
    """Take the port before anything else begins; raises OSError where somebody else has it."""
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError:
        door.close()
        raise
    return door


async def _look_for_a_restore(settings: Settings, service: Service) -> None:
    """Before anything is sent: forget again whom a copy brought back, set its messages aside."""
    file = settings.last_seen_file
    seen = read_last_seen(file)
    unclear = await erasing.settle(service, is_newest=await restoring.is_newest(service, seen))
    if unclear:
        _log.warning("nobody knows whether %d people were forgotten: docs/rights.md", len(unclear))
    again = await erasing.replay(service, await erasing.remembered(service), clock())
    if again:
        _log.warning("an older copy had brought %d people back: forgotten again", len(again))
    number = await restoring.begin(service, seen, clock())
    write_last_seen(file, await restoring.note_alive(service, clock()))
    if number:
        _log.warning("a backup was restored: %d messages are set aside for staff", number)


async def _put_together(
    settings: Settings,
    service: Service,
    tasks: asyncio.TaskGroup,
    name: dict[str, str | None],
    stack: AsyncExitStack,
) -> Running:
    web_session = WebSession(service, clock)
    routes = {Channel.WEB: Route(Bot(f"{WEB_BOT_ID}:web", session=web_session))}
    session = _open_telegram(settings, routes, stack)
    bots = {channel: route.bot for channel, route in routes.items()}
    courier = Courier(service, clock, routes, tasks, lambda run: picturing.picture_of(service, run))
    doorway = Doorway(Reception(service), courier, clock)
    intake = Intake(build_dispatcher(doorway), doorway, bots, tasks)
    poller = None
    background = tasks.create_task(asyncio.sleep(0))
    if session is not None:
        bot = bots[Channel.TELEGRAM]
        webhook = _webhook_address(settings)
        background = tasks.create_task(_set_up_telegram(bot, webhook, name))
        if webhook is None:
            poller = Poller(bot, session, intake, clock)
    post = open_post(settings, clock, secrets.token_bytes)
    bells = wind_up(settings, service, courier, intake, post)
    site = _site(settings, service, web_session, intake, bells, post)
    config = uvicorn.Config(
        create_app(site),
        host=settings.web_host,
        port=settings.web_port,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=ImpatientProtocol,
        log_config=None,
        timeout_graceful_shutdown=5,
        lifespan="off",
    )
    server = _QuietServer(config)
    return Running(service, courier, intake, server, web_session, bells, poller, background)


def _open_telegram(
    settings: Settings, routes: dict[Channel, Route], stack: AsyncExitStack
) -> telegram.TelegramSession | None:
    """Add the way to Telegram where there is a token; return its session."""
    if settings.telegram_token is None:
        return None
    token = settings.telegram_token.get_secret_value()
    bot, session = telegram.build_bot(token, settings.telegram_api)
    stack.push_async_callback(session.close)
    pace = pace_of(settings.telegram_rate, settings.telegram_chat_rate)
    routes[Channel.TELEGRAM] = Route(bot, pace)
    return session


async def _set_up_telegram(
    bot: Bot, webhook: telegram.Webhook | None, name: dict[str, str | None]
) -> None:
    learnt = await telegram.set_up(bot, webhook)
    name["telegram"] = name["telegram"] or learnt


def _webhook_address(settings: Settings) -> telegram.Webhook | None:
    if settings.telegram_webhook_url is None or settings.telegram_webhook_secret is None:
        return None
    secret = settings.telegram_webhook_secret.get_secret_value()
    return telegram.Webhook(settings.telegram_webhook_url, secret)


def _site(
    settings: Settings,
    service: Service,
    session: WebSession,
    intake: Intake,
    bells: Clock,
    post: Post | None,
) -> Site:
    async def feed(update: Mapping[str, object]) -> Fed:
        match await intake.take_patiently(Channel.WEB, update):
            case Outcome.HANDLED:
                return Fed.DONE
            case Outcome.PARKED:
                return Fed.LATER
            case _:
                return Fed.NOT_STORED

    async def take_webhook(body: bytes) -> bool:
        # What cannot be read would come again for ever: it is counted and confirmed.
        return await intake.feed_raw(Channel.TELEGRAM, body) is not Outcome.AWAY

    async def tables_are_current() -> bool:
        stored = await asyncio.to_thread(current_revision, settings.database_url)
        return stored == newest_revision()

    async def clock_ticks() -> bool:
        return not bells.late(clock())

    address = _webhook_address(settings)
    return Site(
        service=service,
        clock=clock,
        entropy=secrets.token_bytes,
        bells=session.bells,
        feed=feed,
        webhook=Webhook(address.secret, take_webhook) if address is not None else None,
        post=post,
        audit_heads=lambda: read_anchors(settings.audit_heads_file),
        organisation=open_organisation(settings),
        proxies=settings.trusted_proxies,
        checks={
            "database": lambda: housekeeping.is_reachable(service),
            "tables": tables_are_current,
            "clock": clock_ticks,
        },
    )


class _QuietServer(uvicorn.Server):
    """A web server that leaves signals to us: chats are drained before it stops."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


async def _serve(
    running: Running, tasks: asyncio.TaskGroup, once: Occurrences, door: socket.socket
) -> None:
    """Serve until a signal comes; then take nothing new, finish what is in hand, and stop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.stopping.set)
    serving = tasks.create_task(running.server.serve(sockets=[door]))
    asking = tasks.create_task(running.poller.run()) if running.poller is not None else None
    beginning = tasks.create_task(_begin(running, tasks, once))
    stopping = tasks.create_task(running.stopping.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    running.stopping.set()
    beginning.cancel()
    running.background.cancel()
    if running.poller is not None and asking is not None:
        running.poller.stop()
        await asyncio.wait({asking}, timeout=DRAIN)
    running.web_session.bells.close()
    running.server.should_exit = True
    await asyncio.wait({serving}, timeout=DRAIN)
    await running.bells.drain(DRAIN)
    await running.intake.stop(DRAIN)
    await running.courier.drain(DRAIN)


async def _begin(running: Running, tasks: asyncio.TaskGroup, once: Occurrences) -> None:
    """Say where everything is once the pages are served, then let the clock and courier run."""
    while not running.server.started:
        if running.server.should_exit:
            return
        await asyncio.sleep(_LOOK_AGAIN)
    await once.greet(running.service)
    await asyncio.to_thread(concerns.warm_up)
    if once.prepare is not None:
        await once.prepare(running.service)
    running.bells.start()
    tasks.create_task(running.courier.run())

"""Builds the dispatcher that serves every channel: one dispatcher, as many bots as channels.

It must not keep state between updates: the run in the database is the state, and the order of one
chat is kept by bot.intake.
"""

from __future__ import annotations

import logging

from aiogram import Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.middlewares.user_context import UserContextMiddleware
from aiogram.types import ErrorEvent

from bot.doorway import Doorway
from bot.routers import listen_in_private, stay_out_elsewhere

_log = logging.getLogger(__name__)


def build_dispatcher(doorway: Doorway) -> Dispatcher:
    """Return a dispatcher with fresh handlers.

    They are its own and not those of routers within it, and what looks up users for other
    middlewares is taken out: both cost time on every tap and nobody here asks for them. An error in
    a handler is named in the log, without a word of the update, and raised by `feed_update`, so
    that whoever feeds it can keep the update.
    """
    dispatcher = Dispatcher(disable_fsm=True)
    middlewares = dispatcher.update.outer_middleware
    for each in [each for each in middlewares if isinstance(each, UserContextMiddleware)]:
        middlewares.unregister(each)
    listen_in_private(dispatcher, doorway)
    stay_out_elsewhere(dispatcher, doorway)

    @dispatcher.errors()
    async def on_error(event: ErrorEvent) -> object:
        kind = type(event.exception).__name__
        _log.warning("update %d was not handled: %s", event.update.update_id, kind)
        return UNHANDLED

    return dispatcher

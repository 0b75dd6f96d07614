"""Builds the dispatcher that serves every channel: one dispatcher, as many bots as channels.

It must not keep state between updates: the run in the database is the state, and the order of one
chat is kept by bot.intake.
"""

from __future__ import annotations

import logging

from aiogram import Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import ErrorEvent

from bot.doorway import Doorway
from bot.routers import elsewhere_router, private_router

_log = logging.getLogger(__name__)


def build_dispatcher(doorway: Doorway) -> Dispatcher:
    """Return a dispatcher with fresh routers.

    An error in a handler is named in the log, without a word of the update, and raised by
    `feed_update`, so that whoever feeds it can keep the update.
    """
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(private_router(doorway), elsewhere_router(doorway))

    @dispatcher.errors()
    async def on_error(event: ErrorEvent) -> object:
        kind = type(event.exception).__name__
        _log.warning("update %d was not handled: %s", event.update.update_id, kind)
        return UNHANDLED

    return dispatcher

"""Names the stages that one answer goes through, and the functions at which each of them begins."""

from __future__ import annotations

import json
from typing import Any, Final

from aiogram import Dispatcher

from bot import doorway, intake
from bot.courier import Courier
from bot.doorway import Doorway
from bot.ledger import Ledger
from starling.bench.stopwatch import Seam
from storage import inbox, outbox, people
from storage.casework import Casework
from storage.sqlite import EmbeddedDialect
from usecases import receiving
from usecases.desk import Desk

STAGES: Final = ("parse", "dispatch", "read", "engine and render", "write", "commit", "sending")
"""What an answer's time is divided into; `other` is what lies between: tasks, hops, waking up."""


def seams(kind: str) -> list[Seam]:
    """Return where each stage begins; whatever runs inside counts for the innermost stage.

    kind: of the database, as its transactions begin and end in its own dialect.
    """
    dialect = _dialect(kind)
    return [
        Seam("commit", dialect, "do_begin"),
        Seam("commit", dialect, "do_commit"),
        Seam("parse", json, "loads"),
        Seam("parse", intake, "read_raw"),
        Seam("parse", intake, "parse_update"),
        Seam("dispatch", Dispatcher, "feed_update"),
        Seam("other", Doorway, "take"),
        Seam("write", inbox, "accept"),
        Seam("read", people, "who_is_at_the_door"),
        Seam("read", Desk, "open"),
        Seam("engine and render", receiving, "_deal_with"),
        Seam("engine and render", Desk, "close"),
        Seam("write", Casework, "flush"),
        Seam("write", outbox, "record"),
        Seam("sending", Courier, "deliver"),
        Seam("sending", Courier, "aside"),
        Seam("sending", doorway, "toast_for"),
        Seam("sending", Courier, "_serve"),
        Seam("sending", Courier, "_do_aside"),
        Seam("sending", Ledger, "flush"),
    ]


def _dialect(kind: str) -> Any:
    if kind == "sqlite":
        return EmbeddedDialect
    # The driver of PostgreSQL is imported only where it is used.
    from storage.postgresql import ServerDialect  # noqa: PLC0415

    return ServerDialect

"""How commands speak: one sentence of cause and remedy on errors, JSON where a program reads."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from starling.settings import Settings
    from usecases.service import Service

T = TypeVar("T")

_STANDARD_OUTPUT = 1
_STANDARD_ERROR = 2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def fail(sentence: str) -> NoReturn:
    """End the command: say why and what to do on standard error, and exit with 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def print_json(content: Any) -> None:
    """Print something as JSON; dates and instants in ISO form."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, default=_in_iso_form))


def _in_iso_form(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def with_service(
    work: Callable[[Service], Coroutine[Any, Any, T]], *, ask_telegram: bool = False
) -> T:
    """Open the service that the settings name, do this work, and close it again.

    `ask_telegram`: find out the bot's name first where it is not set, because links need it.
    """

    async def inside() -> T:
        from starling.compose import open_service, read_settings

        settings = read_settings()
        name = settings.telegram_bot_name
        if ask_telegram and name is None and settings.telegram_token is not None:
            name = await _ask_name(settings)
        async with open_service(settings, bot_name=lambda: name) as service:
            return await work(service)

    return run_async(inside())


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run this to its end.

    What people got wrong ends the command with one clear sentence and exit code 1.
    """
    from outcomes.errors import OutcomesError
    from starling.settings import SettingsRefused
    from storage.errors import DatabaseAway, StorageFault
    from surveys.errors import SurveyFault
    from usecases.refusal import Refusal

    try:
        with solver_kept_off_standard_output():
            return asyncio.run(work)
    except (SettingsRefused, Refusal) as refused:
        fail(str(refused))
    except DatabaseAway as away:
        fail(f"{away or DatabaseAway.__doc__} Is STARLING_DATABASE_URL right, and is it running?")
    except (StorageFault, SurveyFault, OutcomesError) as fault:
        fail(str(fault) or type(fault).__doc__ or type(fault).__name__)


@contextmanager
def solver_kept_off_standard_output() -> Iterator[None]:
    """Let whatever libraries print by themselves go to standard error, and only our own words out.

    The solver that figures are audited with (HiGHS) prints a line now and then whatever it is told;
    a program that reads our JSON would choke on it.
    """
    out = sys.stdout
    try:
        same = out.fileno() == _STANDARD_OUTPUT
    except (OSError, ValueError, AttributeError):  # a test's or a notebook's own kind of output
        same = False
    if not same:
        yield
        return
    out.flush()
    kept = os.dup(_STANDARD_OUTPUT)
    os.dup2(_STANDARD_ERROR, _STANDARD_OUTPUT)
    try:
        with open(kept, "w", encoding=out.encoding, closefd=False) as ours:
            sys.stdout = ours
            try:
                yield
            finally:
                sys.stdout = out
    finally:
        os.dup2(kept, _STANDARD_OUTPUT)
        os.close(kept)


async def _ask_name(settings: Settings) -> str | None:
    from starling.bot_name import BotUnknown, learn_bot_name

    try:
        return await learn_bot_name(settings)
    except BotUnknown as unknown:
        typer.echo(f"No Telegram link: Telegram {unknown}.", err=True)
        return None

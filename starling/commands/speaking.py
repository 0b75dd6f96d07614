"""How commands speak: one sentence of cause and remedy on errors, JSON where a program reads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from usecases.service import Service

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def fail(sentence: str) -> NoReturn:
    """End the command: say why and what to do on standard error, and exit with 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def print_json(content: Any) -> None:
    """Print something as JSON; dates and instants in ISO form."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def with_service(work: Callable[[Service], Coroutine[Any, Any, T]]) -> T:
    """Open the service that the settings name, do this work, and close it again.

    What people got wrong ends the command with one clear sentence and exit code 1.
    """
    from starling.compose import open_service, read_settings  # noqa: PLC0415 (slow to import)
    from starling.settings import SettingsRefused  # noqa: PLC0415
    from storage.errors import StorageFault  # noqa: PLC0415
    from surveys.errors import SurveyFault  # noqa: PLC0415
    from usecases.refusal import Refusal  # noqa: PLC0415

    async def inside() -> T:
        async with open_service(read_settings()) as service:
            return await work(service)

    try:
        return asyncio.run(inside())
    except SettingsRefused as refused:
        fail(str(refused))
    except Refusal as refusal:
        fail(str(refusal))
    except (StorageFault, SurveyFault) as fault:
        fail(str(fault) or type(fault).__doc__ or type(fault).__name__)

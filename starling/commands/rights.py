"""`starling rights ...`: what somebody may ask of us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import with_service

if TYPE_CHECKING:
    from usecases.everything import Everything
    from usecases.service import Service

app = typer.Typer(help="What a person may ask of us.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """What a person may ask of us."""


@app.command()
def export(participant: Annotated[str, typer.Argument(help="The id of the participant.")]) -> None:
    """Print all that is stored about one person, as JSON: questions as shown, answers, words."""
    from starling.commands.episodes import WHO
    from starling.compose import clock
    from usecases import rights
    from usecases.inviting import By

    async def work(service: Service) -> Everything:
        return await rights.export(service, participant, By(WHO, clock()))

    typer.echo(with_service(work).model_dump_json(indent=2))

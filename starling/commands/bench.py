"""`starling bench ...`: measurements that print JSON; never a test."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from starling.commands.speaking import print_json, run_async

app = typer.Typer(help="Measure, and print JSON.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Measure, and print JSON."""


@app.command()
def answer(
    answers: Annotated[int, typer.Option(min=1, help="Answers that are measured.")] = 3000,
    people: Annotated[int, typer.Option(min=1, help="People kept in the database.")] = 100,
    at_once: Annotated[int, typer.Option(min=1, max=512, help="People who answer at once.")] = 64,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, each beside the floor's.")] = 7,
    database_url: Annotated[
        str | None,
        typer.Option(help="A PostgreSQL server to measure on, in a database of its own."),
    ] = None,
) -> None:
    """Measure the way of one answer, raw update in to replies out, beside a bare aiogram floor.

    Uses a new database that is taken away afterwards, never the one of the settings.
    """
    from starling.bench.answer import Load, measure

    load = Load(answers, people, at_once, rounds, database_url)
    print_json(run_async(measure(load, partial(typer.echo, err=True))))

"""`starling bench ...`: measurements that print JSON; never a test."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Measure, and print JSON.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Measure, and print JSON."""


@app.command()
def answer(
    answers: Annotated[int, typer.Option(min=100, help="Answers that are measured.")] = 3000,
    people: Annotated[int, typer.Option(min=1, help="People kept in the database.")] = 100,
    at_once: Annotated[int, typer.Option(min=1, max=512, help="People who answer at once.")] = 64,
) -> None:
    """Measure the way of one answer, raw update in to reply out, beside a bare aiogram floor."""
    import json

    from starling.bench.answer import Load, measure

    typer.echo(json.dumps(measure(Load(answers, people, at_once)), indent=2))

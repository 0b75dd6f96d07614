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


@app.command()
def dispatch(
    occasions: Annotated[int, typer.Option(min=10, help="Due moments that are dispatched.")] = (
        100_000
    ),
    episodes: Annotated[int, typer.Option(min=1, help="Support episodes that are planned.")] = (
        50_000
    ),
    limited_seconds: Annotated[
        float, typer.Option(min=0.5, help="Seconds at the pace that Telegram allows.")
    ] = 10.0,
    children: Annotated[int, typer.Option(min=1, help="Children of one service.")] = 1_655,
    database_url: Annotated[
        str | None,
        typer.Option(help="A PostgreSQL server to measure on; without it one is started."),
    ] = None,
    only_sqlite: Annotated[
        bool, typer.Option("--only-sqlite", help="Measure nothing on PostgreSQL.")
    ] = False,
) -> None:
    """Measure how due moments become messages on their way, beside the same rows claimed bare.

    Uses new databases that are taken away afterwards, never the one of the settings.
    """
    from starling.bench.dispatch import Load, measure

    load = Load(occasions, episodes, limited_seconds, children, database_url, only_sqlite)
    print_json(run_async(measure(load, partial(typer.echo, err=True))))


@app.command()
def rollup(
    answers: Annotated[int, typer.Option(min=50, help="Answers to single questions.")] = 10_000_000,
    database: Annotated[
        str | None, typer.Option(help="sqlite or postgres; without it on one after the other.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, each beside DuckDB's.")] = 3,
    database_url: Annotated[
        str | None,
        typer.Option(help="A PostgreSQL server to measure on; without it one is started."),
    ] = None,
) -> None:
    """Measure how answers become the tables of figures, beside DuckDB scanning the same answers.

    Uses new databases that are taken away afterwards, never the one of the settings.
    """
    from starling.bench.rollup import KINDS, Wanted, measure

    kinds = {None: KINDS, "sqlite": KINDS[:1], "postgres": KINDS[1:]}
    if database not in kinds:
        msg = "write sqlite or postgres"
        raise typer.BadParameter(msg, param_hint="--database")
    wanted = Wanted(answers, kinds[database], rounds, database_url)
    print_json(run_async(measure(wanted, partial(typer.echo, err=True))))


@app.command()
def release(
    children: Annotated[int, typer.Option(min=20, help="Children a year.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same service.")] = 3,
    policy: Annotated[str, typer.Option(help="The disclosure policy.")] = "nhs5",
    tables: Annotated[
        int, typer.Option(min=0, help="Small tables on which the least is searched exactly.")
    ] = 50,
) -> None:
    """Measure one quarter's whole release, audit and files included, and how much is withheld.

    What is withheld on small tables is compared with the least that any safe choice withholds.
    """
    from starling.bench.release import Load, measure
    from starling.commands.speaking import solver_kept_off_standard_output

    with solver_kept_off_standard_output():
        result = measure(Load(children, seed, policy, tables), partial(typer.echo, err=True))
    print_json(result)

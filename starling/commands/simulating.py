"""`starling simulate` and `starling demo`: a made-up service, lived through the real use cases."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, fail, print_json, run_async, with_service

if TYPE_CHECKING:
    from collections import Counter

    from starling.simulation.life import Plan
    from usecases.service import Service

_DAY = ["%Y-%m-%d"]


def simulate(
    children: Annotated[
        int, typer.Option(min=1, max=5000, help="How many made-up children.")
    ] = 300,
    first: Annotated[
        datetime, typer.Option("--from", formats=_DAY, help="The first day that is lived.")
    ] = datetime(2025, 4, 1),  # noqa: DTZ001 (a calendar day)
    last: Annotated[
        datetime, typer.Option("--to", formats=_DAY, help="The last day that is lived.")
    ] = datetime(2026, 3, 31),  # noqa: DTZ001
    seed: Annotated[int, typer.Option(help="The same seed gives the same database content.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Live a made-up service day by day, in the database that the settings name.

    The database must be empty: made-up people never stand among real ones.
    """
    from starling.simulation.life import Plan

    if last < first:
        fail("The last day comes before the first: give --from and --to the other way round.")
    plan = Plan(children, first.date(), last.date(), seed)
    began = time.perf_counter()
    happened = run_async(_live(plan))
    report = {"seconds": round(time.perf_counter() - began, 1), **dict(sorted(happened.items()))}
    if as_json:
        print_json(report)
    else:
        for what, number in report.items():
            typer.echo(f"{number:>10}  {what}")


def demo(*, as_json: AsJson = False) -> None:
    """Load the small made-up service that `run --demo` shows; does nothing where people are."""

    async def work(service: Service) -> bool:
        from starling.compose import clock
        from starling.demonstration import DAYS, load_demo

        progress = iter(_track(DAYS + 1))
        return await load_demo(service, clock(), lambda: next(progress, None))

    loaded = with_service(work)
    if as_json:
        print_json({"loaded": loaded})
    else:
        typer.echo("A made-up service is loaded." if loaded else "There are people here already.")


async def _live(plan: Plan) -> Counter[str]:
    from starling.compose import read_settings
    from starling.simulation.opening import live_plan

    progress = iter(_track((plan.last - plan.first).days + 1))
    return await live_plan(read_settings(), plan, lambda: next(progress, None))


def _track(days: int) -> Iterable[int]:
    """Count days on a progress bar, on standard error so that JSON stays clean."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(range(days), description="Living day by day", console=console, transient=True)

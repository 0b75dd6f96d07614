"""`starling simulate` and `starling demo`: a made-up service, lived through the real use cases."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, fail, print_json, run_async, with_service

if TYPE_CHECKING:
    from starling.simulation.accounting import Accounts
    from starling.simulation.life import Plan
    from starling.simulation.opening import Lived
    from starling.simulation.proving import Proven
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
    kills: Annotated[
        int,
        typer.Option(min=0, max=1000, help="How often the process that serves is killed (-9)."),
    ] = 0,
    eventful: Annotated[
        bool,
        typer.Option(help="Whether people pause, stop and block, and the machine has bad days."),
    ] = True,
    to_the_end: Annotated[
        bool | None,
        typer.Option(
            help="Whether the clock then runs on until no answer counts any more; so with --kills."
        ),
    ] = None,
    releases: Annotated[
        bool,
        typer.Option(
            "--releases",
            help="Let staff give out the figures of every whole quarter and year on its day.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Live a made-up service day by day, in the database that the settings name.

    The database must be empty: made-up people never stand among real ones. At the end stands the
    account: how every planned due moment ended, and what became of the figures of every period.
    Exits with 1 when it does not add up, or when something that was given out is not proven.
    """
    from starling.simulation.life import Plan

    if last < first:
        fail("The last day comes before the first: give --from and --to the other way round.")
    plan = Plan(
        children,
        first.date(),
        last.date(),
        seed,
        kills=kills,
        eventful=eventful,
        to_the_end=kills > 0 if to_the_end is None else to_the_end,
        releases=releases,
    )
    began = time.perf_counter()
    lived = run_async(_live(plan))
    seconds = round(time.perf_counter() - began, 1)
    _print_lived(lived, {"seconds": seconds, **dict(sorted(lived.happened.items()))}, as_json)
    if not lived.accounts.adds_up:
        wrong = sorted(lived.accounts.problems) or ["The ends are not as many as the plans."]
        fail(f"The account does not add up. {' '.join(wrong)}")
    if lived.proven is not None and not lived.proven.holds:
        fail(f"What was given out is not proven. {' '.join(lived.proven.faults)}")


def _print_lived(lived: Lived, report: dict[str, float], as_json: bool) -> None:  # noqa: FBT001
    """Print what happened, the account of due moments, and that of figures where there is one."""
    if as_json:
        given_out = {} if lived.proven is None else {"releases": _releases_as_json(lived)}
        print_json({**report, "accounts": _as_json(lived.accounts), **given_out})
        return
    for what, number in report.items():
        typer.echo(f"{number:>10}  {what}")
    _print_accounts(lived.accounts)
    if lived.proven is not None:
        _print_releases(lived, lived.proven)


def _as_json(accounts: Accounts) -> dict[str, object]:
    return {
        "planned": accounts.planned,
        "ends": accounts.waves,
        "total": {"planned": sum(accounts.planned.values()), **accounts.total},
        "askings": accounts.askings,
        "askings in doubt": accounts.unknown,
        "problems": accounts.problems,
        "adds up": accounts.adds_up,
    }


def _releases_as_json(lived: Lived) -> dict[str, object]:
    proven = lived.proven
    return {
        "published": sum(each.is_published for each in lived.told),
        "refused": sum(not each.is_published for each in lived.told),
        "periods": [{**asdict(each), "published": each.is_published} for each in lived.told],
        "last look": None if proven is None else {**asdict(proven), "holds": proven.holds},
    }


def _print_releases(lived: Lived, proven: Proven) -> None:
    """Print one line for the figures of each period, why others were refused, and the last look."""
    names = ("cells", "withheld", "coarser", "audit, s", "in all, s")
    typer.echo("\n" + " " * 12 + "".join(f"{name:>11}" for name in names))
    for each in lived.told:
        audit, whole = each.seconds.auditing, each.seconds.compiling
        numbers = (each.cells, each.withheld, len(each.coarsened), f"{audit:.1f}", f"{whole:.1f}")
        typer.echo(f"{each.period:<12}" + "".join(f"{number:>11}" for number in numbers))
        for sentence in (*each.coarsened, *each.reasons):
            typer.echo(f"{'':<12}{'' if each.is_published else 'refused: '}{sentence}")
    typer.echo(f"\n{proven.releases:>10}  releases, {proven.certificates} proven, ", nl=False)
    typer.echo(f"{proven.files} files read and made again")
    for fault in proven.faults:
        typer.echo(f"{'':>10}  {fault}")


def _print_accounts(accounts: Accounts) -> None:
    """Print one line a wave: what was planned, and how it ended."""
    from starling.simulation.accounting import ENDS, STILL_OPEN

    names = ["planned", *ENDS.values(), STILL_OPEN]
    typer.echo("\n" + " " * 10 + "".join(f"{name:>14}" for name in names))
    lines = {**accounts.waves, "all": accounts.total}
    planned = {**accounts.planned, "all": sum(accounts.planned.values())}
    for wave, ends in lines.items():
        numbers = [planned[wave], *(ends.get(name, 0) for name in names[1:])]
        typer.echo(f"{wave:<10}" + "".join(f"{number:>14}" for number in numbers))
    typer.echo(f"\n{accounts.askings:>10}  askings, of which in doubt: {accounts.unknown}")
    for sentence, number in accounts.problems.items():
        typer.echo(f"{number:>10}  times: {sentence}")
    if accounts.adds_up:
        typer.echo("It adds up: every due moment has one end, and nobody was asked out of turn.")


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


async def _live(plan: Plan) -> Lived:
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

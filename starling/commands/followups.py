"""`starling followups ...`: how askings stand, who has gone quiet, and what was not sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.board import BoardRow, QuietRow
    from storage.sweeps import Sweep
    from usecases.board import Board
    from usecases.service import Service

app = typer.Typer(
    help="Follow-ups: how they stand, and whether all were sent.", no_args_is_help=True
)


@app.command("list")
def list_(
    *,
    due_today: Annotated[bool, typer.Option("--due-today", help="Due on this day.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Should have been asked by now.")] = False,
    answered: Annotated[bool, typer.Option("--answered", help="In the last four weeks.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Who has gone quiet.")] = False,
    intervention: Annotated[
        str | None, typer.Option(help="Only this kind of support, such as theraplay.")
    ] = None,
    worker: Annotated[
        str | None, typer.Option(help="Only the support that this worker looks after; - for none.")
    ] = None,
    start: Annotated[int, typer.Option("--from", min=0, help="Leave out so many rows.")] = 0,
    as_json: AsJson = False,
) -> None:
    """List follow-ups: due today unless you say otherwise; at most 50 rows at a time."""
    from starling.compose import clock
    from storage.board import BoardList, Chosen
    from usecases import board
    from usecases.board import Wanted
    from usecases.inviting import INTERVENTIONS

    flags = {
        BoardList.DUE_TODAY: due_today,
        BoardList.LATE: late,
        BoardList.ANSWERED: answered,
        BoardList.QUIET: quiet,
    }
    asked = [which for which, flag in flags.items() if flag]
    if len(asked) > 1:
        fail("Choose one list: --due-today, --late, --answered or --quiet.")
    if intervention is not None and intervention not in INTERVENTIONS:
        fail(f"There is no such kind of support. Use one of: {', '.join(INTERVENTIONS)}.")
    which = asked[0] if asked else BoardList.DUE_TODAY
    now = clock()

    async def work(service: Service) -> None:
        found = await board.look(service, Wanted(which, Chosen(intervention, worker), start), now)
        if as_json:
            print_json(_as_json(found))
        else:
            _tell(found, now, service.rhythm.local)

    with_service(work)


@app.command()
def sweep(as_json: AsJson = False) -> None:
    """Compare now what should have been sent with what was sent; exits with 1 on a difference."""
    from starling.compose import clock
    from usecases import sweeping

    now = clock()

    async def work(service: Service) -> Sweep:
        return await sweeping.sweep(service, now)

    found = with_service(work)
    if as_json:
        print_json(_sweep_as_json(found))
    else:
        typer.echo(f"{found.was} of {found.should} that should have been sent were sent.")
        for cause, ids in found.missing.items():
            typer.echo(f"{cause}: {', '.join(ids)}")
    if found.missing_in_all:
        fail(f"{found.missing_in_all} were not sent. Is Starling running, and is its clock right?")


def _tell(found: Board, now: datetime, local: Callable[[datetime], datetime]) -> None:
    which = found.wanted.which
    typer.echo("  ".join(f"{each}: {number}" for each, number in found.totals.items()))
    for row in found.rows:
        typer.echo(_row_in_words(found, row, now, local))
    for quiet in found.quiet:
        typer.echo(_quiet_in_words(found, quiet, local))
    if not found.rows and not found.quiet:
        typer.echo(f"There is nothing on the list {which}.")
    if found.more:
        typer.echo(f"There is more: starling followups list --{which} --from {_next(found)}")
    if found.sweep is not None and found.sweep.missing_in_all:
        typer.echo(f"{found.sweep.missing_in_all} were not sent: starling followups sweep")


def _row_in_words(
    found: Board, row: BoardRow, now: datetime, local: Callable[[datetime], datetime]
) -> str:
    from usecases import board

    parts = (
        _who(found, row),
        f"{row.instrument} {board.wave_in_words(row)}",
        row.intervention,
        row.worker or "no worker named",
        f"due {local(row.due_at):%Y-%m-%d %H:%M}",
        board.state_in_words(row, now, local),
        f"{row.reminders} reminders",
    )
    return "  ".join(parts)


def _quiet_in_words(found: Board, row: QuietRow, local: Callable[[datetime], datetime]) -> str:
    from usecases import board

    parts = (
        _who(found, row),
        row.kind,
        f"since {local(row.at):%Y-%m-%d %H:%M}",
        row.intervention or "no support named",
        row.worker or "no worker named",
        board.what_to_do(row.kind),
    )
    return "  ".join(parts)


def _who(found: Board, row: BoardRow | QuietRow) -> str:
    case = found.cases.get(row.child_id or "", "no case")
    age = "" if row.age_band == "adult" else f" {row.age_band}"
    return f"{case} {row.role}{age} {row.participant_id}"


def _next(found: Board) -> int:
    return found.wanted.start + found.wanted.most


def _as_json(found: Board) -> dict[str, object]:
    return {
        "list": found.wanted.which,
        "totals": found.totals,
        "groups": [
            {"intervention": each.intervention, "worker": each.worker, **each.numbers}
            for each in found.groups
        ],
        "rows": [_row_as_json(found, row) for row in found.rows]
        or [_quiet_as_json(found, row) for row in found.quiet],
        "next_from": _next(found) if found.more else None,
        "sweep": _sweep_as_json(found.sweep) if found.sweep is not None else None,
    }


def _row_as_json(found: Board, row: BoardRow) -> dict[str, object]:
    from usecases import board

    return {
        "occasion": row.occasion_id,
        "participant": row.participant_id,
        "case": found.cases.get(row.child_id),
        "role": row.role,
        "age_band": row.age_band,
        "intervention": row.intervention,
        "worker": row.worker,
        "instrument": row.instrument,
        "wave": row.wave,
        "round": row.round,
        "due_at": row.due_at,
        "state": row.state,
        "half_done": board.is_half_done(row),
        "reminders": row.reminders,
    }


def _quiet_as_json(found: Board, row: QuietRow) -> dict[str, object]:
    from usecases import board

    return {
        "fact": row.fact_id,
        "participant": row.participant_id,
        "case": found.cases.get(row.child_id or ""),
        "role": row.role,
        "age_band": row.age_band,
        "kind": row.kind,
        "since": row.at,
        "intervention": row.intervention,
        "worker": row.worker,
        "what_to_do": board.what_to_do(row.kind),
    }


def _sweep_as_json(found: Sweep) -> dict[str, object]:
    return {
        "at": found.at,
        "should": found.should,
        "was": found.was,
        "missing": {cause.value: list(ids) for cause, ids in found.missing.items()},
    }

"""`starling alerts ...`: what must be taken in hand, by whom it was, drills, and false alarms."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from starling.commands.speaking import AsJson, fail, print_json, run_async, with_service

if TYPE_CHECKING:
    from storage.alert_list import Listed
    from usecases.alerting_drills import DrillOutcome, Precision, Report
    from usecases.inviting import By
    from usecases.service import Service

T = TypeVar("T")

app = typer.Typer(
    help="Alerts: list them, take one in hand, close it, drill, and count false alarms.",
    no_args_is_help=True,
)

Id = Annotated[str, typer.Argument(help="The id of an alert, as the list shows it.")]
Who = Annotated[str, typer.Option(help="Your name, as you sign in: the audit shows it.")]


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List what is not closed: what nobody took first, then the gravest, then the oldest."""
    from usecases import alerting_desk

    found = _do(alerting_desk.look, "command line").standing
    if as_json:
        print_json([_as_plain(each) for each in found])
        return
    if not found:
        typer.echo("Nothing waits.")
    for each in found:
        typer.echo(_in_words(each))


@app.command()
def acknowledge(alert: Id, who: Who, *, as_json: AsJson = False) -> None:
    """Take an alert in hand, by name: it climbs no further.

    Example: starling alerts acknowledge kd83hf02kfh3s8d1 --who a.worker
    """
    from usecases import alerting_desk

    _do(lambda service, by: alerting_desk.acknowledge(service, alert, by), who)
    _tell({"alert": alert, "taken_by": who}, f"Taken by {who}.", as_json=as_json)


@app.command()
def close(
    alert: Id,
    because: Annotated[str, typer.Option(help="How it came out: one of the list in the help.")],
    who: Who,
    *,
    as_json: AsJson = False,
) -> None:
    """Close an alert with a reason from the list; it can be opened again.

    Reasons: spoke-with-them, told-social-worker, told-safeguarding-lead, told-999-or-111,
    told-designated-officer, known-and-in-hand, drill, not-a-concern-way-of-speaking,
    not-a-concern-song-game-or-story, not-a-concern-about-somebody-else,
    not-a-concern-words-read-wrongly, not-a-concern-test-or-mistake.
    """
    from usecases import alerting_desk
    from usecases.alerting_desk import ClosedBecause

    known = [each.value for each in ClosedBecause]
    if because not in known:
        fail(f"There is no such reason. Use one of: {', '.join(known)}.")
    reason = ClosedBecause(because)
    _do(lambda service, by: alerting_desk.close(service, alert, by, reason), who)
    _tell({"alert": alert, "because": because}, f"Closed: {because}.", as_json=as_json)


@app.command()
def reopen(alert: Id, who: Who, *, as_json: AsJson = False) -> None:
    """Open again what was closed by mistake; it stays in the hands of whoever took it."""
    from usecases import alerting_desk

    _do(lambda service, by: alerting_desk.reopen(service, alert, by), who)
    _tell({"alert": alert, "open": "yes"}, "Open again.", as_json=as_json)


@app.command()
def drill(
    *,
    now: Annotated[bool, typer.Option("--now", help="Raise one now, not this week's.")] = False,
    who: Who = "command line",
    as_json: AsJson = False,
) -> None:
    """Say how the last drills went; with --now raise one, which goes the way of every alert."""
    from usecases import alerting_drills

    if now:
        raised = _do(alerting_drills.raise_now, who)
        words = f"Raised: {raised}. Everybody on the ladder is told until somebody takes it."
        _tell({"alert": raised}, words, as_json=as_json)
        return
    drills = _report(1).drills
    if as_json:
        print_json([_drill_as_plain(each) for each in drills])
        return
    if not drills:
        typer.echo("There was no drill in the last weeks: starling alerts drill --now")
    for each in drills:
        typer.echo(_drill_in_words(each))


@app.command()
def report(
    *,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="How many weeks back.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Count how many of the alerts closed lately were no concern, by category; and drills.

    A category that is mostly no concern tires those who read: tell whoever keeps the rules.
    """
    found = _report(weeks)
    if as_json:
        print_json(
            {
                "since": found.since,
                "all": _precision_as_plain(found.all),
                "categories": [_precision_as_plain(each) for each in found.categories],
                "drills": [_drill_as_plain(each) for each in found.drills],
            }
        )
        return
    for each in (found.all, *found.categories):
        share = f"{each.share:.0%}" if each.closed else "none closed"
        typer.echo(f"{each.category}: {each.no_concern} of {each.closed} no concern ({share})")
    for drilled in found.drills:
        typer.echo(_drill_in_words(drilled))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A file like the packaged usecases/ladder.yaml.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether a ladder file is right, and on which rungs somebody can be reached."""
    from usecases.ladder import Ladder, Rung, load_ladder

    async def work() -> Ladder:
        return load_ladder(file)

    reached = run_async(work()).reached
    if as_json:
        print_json({rung.value: rung in reached for rung in Rung})
        return
    for rung in Rung:
        told = "somebody can be reached" if rung in reached else "told by the staff page alone"
        typer.echo(f"{rung.value}: {told}")


def _do(work: Callable[[Service, By], Coroutine[Any, Any, T]], who: str) -> T:
    from starling.compose import clock
    from usecases.inviting import By

    return with_service(lambda service: work(service, By(who, clock())))


def _report(weeks: int) -> Report:
    from starling.compose import clock
    from usecases import alerting_drills

    return with_service(lambda service: alerting_drills.report(service, weeks, clock()))


def _tell(plain: dict[str, str], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(plain)
    else:
        typer.echo(words)


def _in_words(each: Listed) -> str:
    from usecases.ladder import RUNGS

    parts = (
        each.id,
        each.level if each.level != "none" else "",
        each.kind.value,
        ", ".join(each.categories),
        f"raised {_moment(each.raised_at)}",
        f"taken by {each.acknowledged_by}" if each.acknowledged_by else "NOT TAKEN",
        "" if each.acknowledged_by else f"by {_moment(each.due_at)}, {RUNGS[each.rung].value}",
        "INCIDENT: up the whole ladder" if each.is_unanswered else "",
        "a notice could not be sent" if each.has_failed else "",
    )
    return "  ".join(filter(None, parts))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _as_plain(each: Listed) -> dict[str, object]:
    from usecases.ladder import RUNGS

    return {
        "alert": each.id,
        "participant": each.participant_id,
        "kind": each.kind.value,
        "level": each.level,
        "categories": list(each.categories),
        "route": each.route.value,
        "rung": RUNGS[each.rung].value,
        "raised_at": each.raised_at,
        "due_at": each.due_at,
        "next_at": each.next_at,
        "taken_at": each.acknowledged_at,
        "taken_by": each.acknowledged_by,
        "unanswered": each.is_unanswered,
        "told": [
            {
                "rung": RUNGS[step.rung].value,
                "way": step.channel.partition("-")[0],
                "state": step.state.value,
                "at": step.at,
                "sent_at": step.sent_at,
            }
            for step in each.steps
        ],
    }


def _precision_as_plain(each: Precision) -> dict[str, object]:
    return {
        "category": each.category,
        "closed": each.closed,
        "no_concern": each.no_concern,
        "share": each.share,
    }


def _drill_as_plain(each: DrillOutcome) -> dict[str, object]:
    from usecases.ladder import RUNGS

    return {
        "raised_at": each.raised_at,
        "taken_by": each.taken_by,
        "minutes": each.minutes,
        "rung": RUNGS[each.rung].value,
        "unanswered": each.unanswered,
        "notice_failed": each.failed,
    }


def _drill_in_words(each: DrillOutcome) -> str:
    from usecases.ladder import RUNGS

    if each.unanswered:
        came = "NOBODY took it, up the whole ladder"
    elif each.taken_by is None:
        came = f"not taken yet, {RUNGS[each.rung].value} now"
    else:
        came = f"taken by {each.taken_by} after {each.minutes} minutes, {RUNGS[each.rung].value}"
    failed = "  a notice could not be sent" if each.failed else ""
    return f"drill of {_moment(each.raised_at)}: {came}{failed}"

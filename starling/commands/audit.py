"""`starling audit ...`: proves that the audit is whole, shows it, and writes its head outside."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from storage.audit import Line
    from usecases.auditing import Anchor, Verified
    from usecases.service import Service

app = typer.Typer(
    help="Prove that the audit is whole, look at it, and write its head outside the database.",
    no_args_is_help=True,
)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day (UTC).")]


@app.command()
def verify(*, as_json: AsJson = False) -> None:
    """Walk along the whole audit and compare it with every head outside; exit 1 where it is wrong.

    A line that was changed, put in, taken out or moved is named, and so is an end that is missing.
    """
    from starling.compose import clock
    from usecases import auditing

    anchors = _read_anchors()

    async def work(service: Service) -> Verified:
        return await auditing.verify(service, anchors, clock())

    found = with_service(work)
    if as_json:
        print_json(_as_content(found))
    else:
        _tell(found)
    if not found.is_whole:
        raise typer.Exit(1)


@app.command("list")
def list_(
    who: Annotated[str | None, typer.Option(help="Only lines of this sign-in name.")] = None,
    did: Annotated[str | None, typer.Option(help="Only lines that say exactly this.")] = None,
    target: Annotated[str | None, typer.Option(help="Only lines about this id.")] = None,
    since: Day = None,
    until: Day = None,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    *,
    as_json: AsJson = False,
) -> None:
    """List lines of the audit, the newest first."""
    from storage.audit import Wanted
    from usecases import auditing

    first = since.replace(tzinfo=UTC) if since is not None else None
    last = until.replace(tzinfo=UTC) if until is not None else None
    wanted = Wanted(who, did, target, first, last, most=most)

    async def work(service: Service) -> list[Line]:
        return await auditing.list_lines(service, wanted)

    found = with_service(work)
    if as_json:
        print_json([_line(each) for each in found])
        return
    for each in found:
        typer.echo(
            f"{each.id}  {each.at:%Y-%m-%d %H:%M:%S} UTC  {each.who}  {each.did}  {each.target}"
        )
    if not found:
        typer.echo("There is no such line.")


@app.command()
def head(
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Also write it into the file outside the database.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the head of the audit: what binds all lines. Keep it where nobody can change it."""
    from starling.anchors import add_anchor
    from starling.compose import clock, read_settings
    from usecases import auditing

    async def work(service: Service) -> Anchor | None:
        return await auditing.head(service, clock())

    found = with_service(work)
    if found is None:
        fail("The audit has no line yet: there is nothing to remember.")
    if write:
        add_anchor(read_settings().audit_heads_file, found)
    if as_json:
        print_json(
            {**asdict(found), "end": {**asdict(found.end), "digest": found.end.digest.hex()}}
        )
    else:
        typer.echo(f"{found.end.digest.hex()}  line {found.end.last}, {found.end.count} in all")


@app.command()
def adopt(
    who: Annotated[str, typer.Option(help="Your own name, as the audit shows it.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say that this database was moved here, or is a copy put in its place, and goes on as it is.

    Heads of another database, and heads of lines that this one does not have, count for nothing
    from here on. Look at `starling audit verify` first, and keep a copy of the file with the heads.
    """
    from starling.anchors import add_anchor
    from starling.commands.protecting import by
    from starling.compose import read_settings
    from usecases import auditing

    async def work(service: Service) -> Anchor:
        return await auditing.adopt(service, by(who))

    if not yes:
        typer.echo("Heads outside that do not fit this database count for nothing.", err=True)
        typer.confirm("Go on from here?", abort=True, err=True)
    _read_anchors()
    done = with_service(work)
    add_anchor(read_settings().audit_heads_file, done)
    if as_json:
        print_json({"identity": done.identity, "line": done.end.last, "count": done.end.count})
    else:
        typer.echo(f"The audit goes on from line {done.end.last}; a head of it is written outside.")


def _read_anchors() -> list[Anchor]:
    """Read the heads outside the database; end the command where one of them is none."""
    from starling.anchors import AnchorsRefused, read_anchors
    from starling.compose import read_settings
    from starling.settings import SettingsRefused

    try:
        return read_anchors(read_settings().audit_heads_file)
    except (AnchorsRefused, SettingsRefused) as refused:
        fail(str(refused))
    except OSError as error:
        fail(f"The heads outside the database cannot be read ({error.strerror}).")


def _tell(found: Verified) -> None:
    from usecases.auditing import tell

    typer.echo(f"Lines: {found.lines}, of which {found.before} are older than the chain.")
    typer.echo(f"Heads outside the database that were compared: {found.anchors}.")
    if found.lost:
        typer.echo(f"Heads that a restore or a move left behind: {found.lost}.")
    if found.is_whole:
        typer.echo("The audit is whole.")
        return
    for wrong in found.wrongs:
        typer.echo(f"WRONG: {tell(wrong)}", err=True)
    if found.place_count > len(found.wrongs):
        typer.echo(f"... and {found.place_count - len(found.wrongs)} more places.", err=True)
    typer.echo("Keep everything as it is, and see docs/keys.md: what to do now.", err=True)


def _as_content(found: Verified) -> dict[str, Any]:
    from usecases.auditing import tell

    return {
        "whole": found.is_whole,
        "lines": found.lines,
        "before_the_chain": found.before,
        "heads_compared": found.anchors,
        "heads_left_behind_by_restores": found.lost,
        "head": None if found.head is None else found.head.digest.hex(),
        "places": found.place_count,
        "wrong": [{**asdict(each), "says": tell(each)} for each in found.wrongs],
    }


def _line(each: Line) -> dict[str, Any]:
    digest = None if each.digest is None else each.digest.hex()
    return {**asdict(each), "digest": digest}

"""`starling retention ...`: how long what is kept, what is due to go, and taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, print_json, run_async, with_service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usecases.inviting import By
    from usecases.retaining import Due, DueRecord, Purged
    from usecases.retention_rules import RetentionRules
    from usecases.service import Service

app = typer.Typer(help="How long what is kept, and taking away what is due.", no_args_is_help=True)

Who = Annotated[str, typer.Option(help="Your own name, as the audit shows it, such as a.worker.")]


@app.callback()
def _group() -> None:
    """How long what is kept, and taking away what is due."""


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show each class of what we keep: how long, since when, and where that comes from."""
    rules = _rules()
    if as_json:
        print_json(rules.model_dump()["classes"])
        return
    for name, each in rules.classes.items():
        days = "as long as the service stands" if each.days is None else f"{each.days} days"
        typer.echo(f"{name}: {days}, from {each.since}")
        typer.echo(f"  {each.what}")
        typer.echo(f"  {each.source}")


@app.command()
def due(as_json: AsJson = False) -> None:
    """List what is due to go now, and what stands in the way of it."""
    rules, by = _rules(), _by("command line")

    async def work(service: Service) -> Due:
        from usecases import retaining

        return await retaining.look(service, rules, by)

    found = with_service(work)
    if as_json:
        print_json({"records": _records(found.records), "counts": found.counts})
        return
    _tell(found.records)
    for name, number in found.counts.items():
        if number:
            typer.echo(f"{name}: {number}")


@app.command()
def purge(
    who: Who = "command line",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go, and delete nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete what is due and not blocked; each class leaves a receipt. The clock does so daily.

    Example: starling retention purge --dry-run
    """
    if dry_run:
        due(as_json)
        return
    rules, by = _rules(), _by(who)

    async def work(service: Service) -> Purged:
        from usecases import retaining

        return await retaining.purge(service, rules, by)

    gone = with_service(work)
    if as_json:
        print_json({"purged": gone.counts, "blocked": _records(gone.blocked)})
        return
    for name, number in gone.counts.items():
        typer.echo(f"{name}: {number} deleted")
    _tell(gone.blocked)


@app.command("file")
def file_(
    episode: Annotated[str, typer.Argument(help="The id of the support episode.")],
    receipt: Annotated[str, typer.Option(help="What the case system calls the record.")],
    who: Who = "command line",
    as_json: AsJson = False,
) -> None:
    """Note that the case system has taken over the record of a support episode.

    Example: starling retention file 9p3r5t7v1x3z5b7d --receipt LCS-4711
    """
    by = _by(who)

    async def work(service: Service) -> None:
        from usecases import retaining

        await retaining.file(service, episode, receipt, by)

    with_service(work)
    if as_json:
        print_json({"episode": episode, "filed_at": by.now})
    else:
        typer.echo("Noted: the case system has it.")


def _rules() -> RetentionRules:
    async def read() -> RetentionRules:
        from starling.compose import read_settings
        from usecases.retention_rules import read_rules

        return read_rules(read_settings().retention_file)

    return run_async(read())


def _by(who: str) -> By:
    from starling.compose import clock
    from usecases.inviting import By

    return By(who, clock())


def _tell(records: Iterable[DueRecord]) -> None:
    for each in records:
        blocked = f"stays: {each.blocked}" if each.blocked else "goes"
        over = f"over since {each.over_since:%Y-%m-%d}"
        typer.echo(f"{each.whose.participant_id}  {each.whose.case}  {over}  {blocked}")
        for episode in each.unfiled:
            typer.echo(f"  file it first: starling retention file {episode} --receipt ...")


def _records(records: Iterable[DueRecord]) -> list[dict[str, object]]:
    return [
        {
            "participant": each.whose.participant_id,
            "case": each.whose.case,
            "over_since": each.over_since,
            "unfiled": list(each.unfiled),
            "blocked": each.blocked,
        }
        for each in records
    ]

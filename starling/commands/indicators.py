"""`starling import indicators`: figures that others publish, from a CSV file; how that is said."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from starling.commands.csv_files import (
    MOST_SHOWN,
    WHO,
    CsvFile,
    DryRun,
    Example,
    open_file,
)
from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from outcomes.indicators import Better
    from usecases.import_faults import Fault
    from usecases.indicators import Imported, Options
    from usecases.service import Service

Ways = Annotated[
    list[str] | None,
    typer.Option(
        "--better",
        help="Which way is better where the file does not say it: higher, lower or neither.",
        metavar="CODE=WAY",
    ),
]
Source = Annotated[
    str | None, typer.Option(help="Who published these figures, where the file does not say it.")
]


def indicators(
    file: CsvFile = None,
    *,
    better: Ways = None,
    source: Source = None,
    dry_run: DryRun = False,
    example: Example = False,
    as_json: AsJson = False,
) -> None:
    """Import published indicators: all rows are checked first, and written only if all are right.

    The same file twice changes nothing; a number that differs from what is stored is a correction,
    said and noted in the audit; what is missing in a later file stays. The columns and the rules of
    rating and forecast are described in docs/indicators.md.

    Example: starling import indicators paper.csv --better SS_PM16=lower --dry-run
    """
    if example:
        from usecases.indicator_rows import EXAMPLE

        typer.echo(EXAMPLE, nl=False)
        return
    if file is None:
        fail("Name the file: starling import indicators FILE.csv (--example shows one).")
    faults: list[Fault] = []
    options = _options(better or [], source)
    with open_file(file) as stream:
        done = _import(stream, options, faults, dry_run=dry_run)
    if as_json:
        told = {**asdict(done), "dry_run": dry_run, "imported": not (dry_run or done.faults)}
        print_json({**told, "all_faults": [asdict(each) for each in faults]})
    else:
        _show(done, faults, dry_run=dry_run)
    if done.faults:
        raise typer.Exit(1)


def _import(stream: BinaryIO, options: Options, faults: list[Fault], *, dry_run: bool) -> Imported:
    from starling.compose import clock
    from usecases import indicators as work
    from usecases.import_files import read_file
    from usecases.inviting import By

    async def run(service: Service) -> Imported:
        rows = read_file(stream, work.HEADINGS)
        by = By(WHO, clock())
        return await work.import_rows(service, rows, by, faults.append, options, dry_run=dry_run)

    return with_service(run)


def _options(ways: list[str], source: str | None) -> Options:
    """Return what was said of the file; end the command where it cannot be read."""
    from usecases.indicators import Options

    return Options(better=dict(map(_way, ways)), source=source)


def _way(written: str) -> tuple[str, Better]:
    from outcomes.indicators import Better

    code, _, way = written.partition("=")
    if not code or way not in [each.value for each in Better]:
        fail(f"--better {written} cannot be read. Write it as SS_PM16=lower (or higher, neither).")
    return code, Better(way)


def _show(done: Imported, faults: list[Fault], *, dry_run: bool) -> None:
    for each in faults[:MOST_SHOWN]:
        typer.echo(str(each), err=True)
    if done.faults:
        hidden = len(faults) - MOST_SHOWN
        more = f" {hidden} more faults are shown with --json." if hidden > 0 else ""
        typer.echo(
            f"Nothing was imported. Faults: {done.faults}; rows: {done.rows}.{more}", err=True
        )
        return
    counts = f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged"
    beginning = "Nothing was written. This would be" if dry_run else "Imported"
    typer.echo(f"{beginning}: {counts}.")
    for correction in done.corrections[:MOST_SHOWN]:
        typer.echo(f"  {correction}")
    if len(done.corrections) > MOST_SHOWN:
        typer.echo(f"  ... and {len(done.corrections) - MOST_SHOWN} more: see --json.")

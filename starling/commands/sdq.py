"""`starling import sdq`: questionnaire totals that others asked for, from a CSV file."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, BinaryIO

import typer

from starling.commands.csv_files import (
    WHO,
    CsvFile,
    DryRun,
    Example,
    Report,
    gathering,
    open_file,
    show_faults,
)
from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from collections.abc import Callable

    from usecases.import_faults import Fault
    from usecases.importing_sdq import SdqOutcome
    from usecases.service import Service


def sdq(
    file: CsvFile = None,
    *,
    dry_run: DryRun = False,
    report: Report = None,
    example: Example = False,
    as_json: AsJson = False,
) -> None:
    """Import SDQ totals that others asked: all rows are checked first, and written only if right.

    The same file twice changes nothing. Only who filled it in, the day and the total, 0 to 40: see
    docs/import-episodes.md.
    """
    if example:
        from usecases.sdq_rows import EXAMPLE

        typer.echo(EXAMPLE, nl=False)
        return
    if file is None:
        fail("Name the file: starling import sdq FILE.csv (--example shows one).")
    faults: list[Fault] = []
    with open_file(file) as stream, gathering(report, file, faults) as tell:
        outcome = _import(stream, tell, dry_run=dry_run)
    _show(outcome, faults, dry_run=dry_run, as_json=as_json)
    if outcome.faults:
        raise typer.Exit(1)


def _import(stream: BinaryIO, tell: Callable[[Fault], None], *, dry_run: bool) -> SdqOutcome:
    from starling.compose import clock
    from usecases import importing_sdq
    from usecases.inviting import By

    async def work(service: Service) -> SdqOutcome:
        by = By(WHO, clock())
        return await importing_sdq.import_file(service, stream, by, tell, dry_run=dry_run)

    return with_service(work)


def _show(outcome: SdqOutcome, faults: list[Fault], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        is_imported = not dry_run and not outcome.faults
        told = {**asdict(outcome), "dry_run": dry_run, "imported": is_imported}
        print_json({**told, "first_faults": [asdict(each) for each in faults]})
        return
    show_faults(faults, outcome.faults)
    if outcome.faults:
        said = f"Nothing was imported. Faults: {outcome.faults}; rows: {outcome.rows}."
    else:
        beginning = "Nothing was written. This would be" if dry_run else "Imported"
        counts = f"{outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged"
        said = f"{beginning}: {counts}."
    typer.echo(said, err=bool(outcome.faults))

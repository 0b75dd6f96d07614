"""`starling import ...`: support episodes of a case-management system, from a CSV file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from starling.commands.csv_files import (
    WHO,
    CsvFile,
    DryRun,
    Example,
    Report,
    cannot_be_read,
    gathering,
    show_faults,
)
from starling.commands.indicators import indicators
from starling.commands.sdq import sdq
from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from usecases.import_checks import Outcome
    from usecases.import_faults import Fault
    from usecases.service import Service

app = typer.Typer(help="Take over what another system knows.", no_args_is_help=True)
app.command()(indicators)
app.command()(sdq)


@app.callback()
def _group() -> None:
    """Take over what another system knows."""


@app.command()
def episodes(
    file: CsvFile = None,
    *,
    dry_run: DryRun = False,
    report: Report = None,
    example: Example = False,
    as_json: AsJson = False,
) -> None:
    """Import support episodes: all rows are checked first, and written only if all are right.

    The same file twice changes nothing; rows that differ from what is stored are brought up to
    date; an episode that is missing in a later file stays as it is. The columns are described in
    docs/import-episodes.md.
    """
    if example:
        from usecases.import_columns import EXAMPLE

        typer.echo(EXAMPLE, nl=False)
        return
    if file is None:
        fail("Name the file: starling import episodes FILE.csv (--example shows one).")
    faults: list[Fault] = []
    with gathering(report, file, faults) as tell:
        outcome = _import(file, tell, dry_run=dry_run)
    _show(outcome, faults, dry_run=dry_run, as_json=as_json)
    if outcome.faults:
        raise typer.Exit(1)


def _import(file: Path, tell: Callable[[Fault], None], *, dry_run: bool) -> Outcome:
    from starling.compose import clock
    from usecases import importing
    from usecases.inviting import By

    by = By(WHO, clock())
    size = _size_of(file)

    async def work(service: Service) -> Outcome:
        steps = iter(("Checking", "Writing"))
        with _bar() as show:

            def reopen() -> BinaryIO:
                advance = show(next(steps), size)
                return io.BufferedReader(_Watched(file, advance))

            return await importing.import_file(service, reopen, by, tell, dry_run=dry_run)

    return with_service(work)


def _size_of(file: Path) -> int:
    """Return how many bytes a file has; end the command where it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.seek(0, io.SEEK_END)
    except OSError:
        cannot_be_read(file)


class _Watched(io.FileIO):
    """A file that says how far it has been read."""

    def __init__(self, path: Path, advance: Callable[[int], None]) -> None:
        super().__init__(path)
        self._advance = advance

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives no other
        count = super().readinto(buffer)
        self._advance(count)
        return count


@contextmanager
def _bar() -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """Show how far it is, on standard error so that JSON stays clean."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:

        def show(what: str, size: int) -> Callable[[int], None]:
            task = progress.add_task(what, total=size)
            return lambda count: progress.advance(task, count)

        yield show


def _show(outcome: Outcome, faults: list[Fault], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        told = {**asdict(outcome), "dry_run": dry_run, "imported": _is_imported(outcome, dry_run)}
        print_json({**told, "first_faults": [asdict(each) for each in faults]})
        return
    show_faults(faults, outcome.faults)
    typer.echo(_in_words(outcome, dry_run=dry_run), err=bool(outcome.faults))


def _is_imported(outcome: Outcome, dry_run: bool) -> bool:  # noqa: FBT001 - asked in one place
    return not dry_run and (not outcome.faults or bool(outcome.refused))


def _in_words(outcome: Outcome, *, dry_run: bool) -> str:
    counts = f"{outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged"
    by_column = ", ".join(f"{name} {count}" for name, count in sorted(outcome.columns.items()))
    changed = f" Changed: {by_column}." if by_column else ""
    if outcome.refused:
        return (
            f"Imported: {counts}.{changed} {outcome.refused} rows were left out, as what is stored "
            "of them changed meanwhile. Look at them and import the same file again."
        )
    if outcome.faults:
        return f"Nothing was imported. Faults: {outcome.faults}; rows: {outcome.rows}."
    if dry_run:
        return f"Nothing was written. This would be: {counts}.{changed}"
    return f"Imported: {counts}.{changed} {outcome.planned} askings are planned."

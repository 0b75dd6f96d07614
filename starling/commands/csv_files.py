"""What commands that import a CSV file all ask for, and how faults are told; it reads no row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NoReturn

import typer

from starling.commands.speaking import fail

if TYPE_CHECKING:
    from usecases.import_faults import Fault

WHO = "command line"
MOST_SHOWN = 100
"""Faults that are shown on the screen; a report or JSON has more."""

CsvFile = Annotated[Path | None, typer.Argument(help="A CSV file, in UTF-8.", metavar="FILE.csv")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")
]
Report = Annotated[Path | None, typer.Option(help="Write every fault into this CSV file.")]
Example = Annotated[
    bool, typer.Option("--example", help="Print a file as it should look, and end.")
]

_REPORT = ("row", "column", "cause", "remedy", "value")


@contextmanager
def reporting(report: Path | None, file: Path) -> Iterator[Callable[[Fault], None]]:
    """Write faults into a report as they come, so that none are kept."""
    if report is None:
        yield lambda fault: None  # noqa: ARG005 - nobody wants it
        return
    if report.resolve() == file.resolve():
        fail("The report would take the place of the file. Give it another name.")
    try:
        stream = report.open("w", encoding="utf-8", newline="")
    except OSError:
        fail(f"{report} cannot be written. Does its folder exist, and is it yours to write to?")
    with stream:
        writer = csv.DictWriter(stream, _REPORT)
        writer.writeheader()
        yield lambda fault: writer.writerow(asdict(fault))


@contextmanager
def gathering(
    report: Path | None, file: Path, first_faults: list[Fault]
) -> Iterator[Callable[[Fault], None]]:
    """Take faults as they come: all into the report, the first ones to be shown."""
    with reporting(report, file) as write:

        def tell(fault: Fault) -> None:
            write(fault)
            if len(first_faults) < MOST_SHOWN:
                first_faults.append(fault)

        yield tell


def show_faults(first_faults: list[Fault], count: int) -> None:
    """Show the first faults of so many, on standard error."""
    for each in first_faults:
        typer.echo(str(each), err=True)
    if count > len(first_faults):
        typer.echo(f"... and {count - len(first_faults)} more: see --report.", err=True)


def open_file(file: Path) -> BinaryIO:
    """Open a file to be read; end the command where it cannot be."""
    try:
        return file.open("rb")
    except OSError:
        cannot_be_read(file)


def cannot_be_read(file: Path) -> NoReturn:
    """End the command: there is no such file, or it is not theirs."""
    fail(f"{file} cannot be read. Is it a file, and is it yours to read?")

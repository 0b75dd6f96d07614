"""Writes the faults of an import into a file of their own, for whoever puts the rows right."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from starling.commands.speaking import fail

if TYPE_CHECKING:
    from usecases.import_faults import Fault

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

"""Prints the figures of docs/concerns.md: recall and false alarms on texts that were held out.

Run it from the project's root: `.venv/bin/python tests/surveys/measure_concerns.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from surveys.concern_evaluation import Batch, Report, Share, evaluate
from surveys.concern_kinds import ConcernLevel
from tests.surveys.fit_concern_points import read_texts


def describe(share: Share) -> str:
    """Return a share as `part of whole, rate (low to high)`."""
    low, high = share.interval
    return f"{share.part} of {share.whole}, {share.rate:.3f} ({low:.3f} to {high:.3f})"


def tabulate(title: str, report: Report) -> Iterator[str]:
    """Yield the lines of a Markdown section for one report."""
    yield from ("", f"### {title}", "", "| What | Figure (95% interval) |", "| --- | --- |")
    yield f"| Crisis graded crisis | {describe(report.crisis_recall)} |"
    yield f"| Concern graded concern or crisis | {describe(report.concern_recall)} |"
    yield f"| Crisis or concern that reaches a person at once | {describe(report.reaches_person)} |"
    yield f"| False alarms on everyday talk | {describe(report.false_alarms)} |"
    yield f"| Concern graded crisis (more urgent than labelled) | {describe(report.over_graded)} |"
    yield from ("", "| Level | About | Noticed | Reaches a person |", "| --- | --- | --- | --- |")
    for row in report.categories:
        whole = row.noticed.whole
        person = "" if row.level is ConcernLevel.NONE else f"{row.reaches_person.part} of {whole}"
        yield f"| {row.level.value} | {row.category} | {describe(row.noticed)} | {person} |"


def main() -> None:
    """Print both sets that the rules were made without."""
    rows = [row for row in read_texts() if row.held_out]
    fresh = [row for row in rows if row.batch is Batch.FRESH]
    third = [row for row in rows if row.batch is Batch.FIRST]
    for title, chosen in (("Fresh texts", fresh), ("Held-out third", third)):
        sys.stdout.write("\n".join(tabulate(title, evaluate(chosen))) + "\n")


if __name__ == "__main__":
    main()

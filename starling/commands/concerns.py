"""`starling concerns ...`: what the rules make of a text; the control is that a person reads."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starling.commands.speaking import AsJson, fail, print_json

if TYPE_CHECKING:
    from surveys.concern_evaluation import Report, Share
    from surveys.concern_labels import LabelledText

app = typer.Typer(help="Look at what the rules notice in a text.", no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Argument(help="Labelled texts in UTF-8: CSV with text, level, category; or YAML."),
]
WithCategories = Annotated[
    bool, typer.Option("--categories", help="Print what it is about after each level.")
]

FIGURES = {
    "crisis_recall": "Crisis graded crisis",
    "concern_recall": "Concern graded concern or crisis",
    "reaches_person": "Crisis or concern that reaches a person at once",
    "false_alarms": "False alarms on everyday talk",
    "over_graded": "Concern graded crisis (more urgent than labelled)",
}


@app.callback()
def _group() -> None:
    """Look at what the rules notice in a text."""


@app.command()
def classify(*, categories: WithCategories = False, as_json: AsJson = False) -> None:
    """Read texts from standard input, one a line; print none, concern or crisis for each.

    With --json: a list with the line, the level and the categories of each; never the text.
    """
    from surveys.concerns import notice

    lines = sys.stdin.buffer.read().decode("utf-8", errors="replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    graded = [
        (found.level.value, list(found.categories)) if found else ("none", [])
        for found in (notice(line.rstrip("\r")) for line in lines)
    ]
    if as_json:
        print_json(
            [
                {"line": number, "level": level, "categories": about}
                for number, (level, about) in enumerate(graded, start=1)
            ]
        )
        return
    for level, about in graded:
        typer.echo(f"{level}\t{', '.join(about)}" if categories else level)


@app.command()
def evaluate(file: File = None, *, as_json: AsJson = False) -> None:
    """Measure the rules on labelled texts: recall and false alarms, with 95% Wilson intervals.

    Without a file: our own texts that the rules were made without. A file is CSV with a first line
    `text,level,category` in any order (the category may be missing), or YAML: a list of rows with
    those fields. The level is none, concern or crisis. No text is ever printed.

    Example: starling concerns evaluate our-texts.csv --json
    """
    from surveys.concern_evaluation import evaluate as measure
    from surveys.errors import SurveyFault

    try:
        chosen = _held_out() if file is None else {file.name: _read(file)}
    except SurveyFault as fault:
        fail(f"{fault}. The format is described in docs/concerns.md.")
    reports = {title: measure(rows) for title, rows in chosen.items()}
    if as_json:
        print_json({"sets": [_as_content(*each) for each in reports.items()]})
        return
    for title, report in reports.items():
        typer.echo("\n".join(_tabulate(title, report)))


def _held_out() -> dict[str, Iterable[LabelledText]]:
    from surveys.concern_labels import Batch, load_labelled_texts

    rows = [row for row in load_labelled_texts() if row.held_out]
    titles = {
        "Blind texts, the half never learnt from": Batch.BLIND,
        "Fresh texts": Batch.FRESH,
        "First texts, the held-out third": Batch.FIRST,
    }
    return {title: [row for row in rows if row.batch is batch] for title, batch in titles.items()}


def _read(file: Path) -> tuple[LabelledText, ...]:
    from surveys.concern_labels import read_labelled_texts

    try:
        content = file.read_bytes()
    except OSError:
        fail(f"{file} cannot be read. Is it a file, and is it yours to read?")
    return read_labelled_texts(file.name, content)


def _describe(share: Share) -> str:
    """Say a share as `part of whole, rate (low to high)`."""
    if not share.whole:
        return "no texts"
    low, high = share.interval
    return f"{share.part} of {share.whole}, {share.rate:.3f} ({low:.3f} to {high:.3f})"


def _tabulate(title: str, report: Report) -> Iterator[str]:
    """Yield the lines of a Markdown section for one report."""
    yield from ("", f"### {title}", "", "| What | Figure (95% interval) |", "| --- | --- |")
    for name, words in FIGURES.items():
        yield f"| {words} | {_describe(getattr(report, name))} |"
    yield from ("", "| Level | About | Noticed | Reaches a person | So named |", "|" + " --- |" * 5)
    for row in report.categories:
        reaching = "" if row.level == "none" else _count(row.reaches_person)
        cells = [row.level.value, row.category, _describe(row.noticed), reaching, _count(row.named)]
        yield f"| {' | '.join(cells)} |"
    yield from ("", "| Everyday talk taken for | False alarms |", "| --- | --- |")
    for alarm in report.alarms:
        if alarm.alarms.part:
            yield f"| {alarm.category.value} | {_describe(alarm.alarms)} |"
    if not any(alarm.alarms.part for alarm in report.alarms):
        yield "| nothing | none |"


def _count(share: Share | None) -> str:
    return "" if share is None else f"{share.part} of {share.whole}"


def _as_content(title: str, report: Report) -> dict[str, Any]:
    return {
        "name": title,
        **{name: _as_numbers(getattr(report, name)) for name in FIGURES},
        "categories": [
            {
                "level": row.level.value,
                "category": row.category,
                "noticed": _as_numbers(row.noticed),
                "reaches_person": _as_numbers(row.reaches_person),
                "named": row.named and _as_numbers(row.named),
            }
            for row in report.categories
        ],
        "false_alarms_by_category": {
            alarm.category.value: _as_numbers(alarm.alarms) for alarm in report.alarms
        },
    }


def _as_numbers(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {
        "part": share.part,
        "of": share.whole,
        "rate": round(share.rate, 4),
        "interval_95": [round(low, 4), round(high, 4)],
    }

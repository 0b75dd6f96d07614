"""`starling concerns ...`: what the rules make of a text; the control is that a person reads."""

from __future__ import annotations

import sys

import typer

app = typer.Typer(help="Look at what the rules notice in a text.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Look at what the rules notice in a text."""


@app.command()
def classify() -> None:
    """Read texts from standard input, one a line; print none, concern or crisis for each."""
    from surveys.concerns import grade

    lines = sys.stdin.buffer.read().decode("utf-8", errors="replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    for line in lines:
        typer.echo(grade(line.rstrip("\r")).value)

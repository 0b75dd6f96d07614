"""Holds what a picture shows as rows of text, for those who read with their ears or fingers.

Must not show more than the picture does: what is withheld there is withheld here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextTable:
    """A head and rows of the same length; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_figure(value: float, *, signed: bool = False) -> str:
    """Write a figure with one or two decimals, as given; with its sign when it is a change."""
    figure = f"{abs(value):.2f}".removesuffix("0")
    if float(figure) == 0:
        return figure
    if value < 0:
        return f"\N{MINUS SIGN}{figure}"
    return f"+{figure}" if signed else figure

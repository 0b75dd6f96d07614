"""Holds what one release shows, cell by cell, as the audit reads it; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outcomes.figures import ShownMean
from outcomes.raw import Cell


@dataclass(frozen=True, slots=True)
class Published:
    """Everything a release shows, for all audiences together. None stands for a withheld figure."""

    counts: Mapping[Cell, int | None]
    means: Mapping[Cell, ShownMean | None]

"""How releases look to programs: typed, documented, and no more than an audience may see."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from outcomes.episode import Audience
from outcomes.release import Status


def _plain(value: object) -> object:
    """Return a figure as JSON has it: a number, or one of the three letters."""
    return float(value) if isinstance(value, Decimal) else value


Shown: TypeAlias = Annotated[
    int | float | Literal["c", "u", "z"],
    BeforeValidator(_plain),
    Field(
        description="A protected number. `c`: withheld, so that nobody can be found; `u`: too few "
        "answered for this kind of figure; `z`: this measure has no such figure."
    ),
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class ListedRelease(_Frozen):
    """One release on the list. `status` tells whether answers could still come in."""

    id: str = Field(examples=["2026-27-q3-48f2978179d8c789"])
    period: str = Field(
        description="A quarter of a financial year, or a whole one.",
        examples=["2026/27-Q3", "2026/27"],
    )
    status: Status
    published_at: datetime


class FigureData(_Frozen):
    """One measure for one area, footprint and group; percentages and bounds are whole numbers.

    `breakdown` and `group` are `Total` for a whole footprint. `eligible` could have been compared,
    `paired` are; `paired_percent` is the share.
    """

    measure: str = Field(examples=["M05"])
    area: str
    footprint: Audience
    breakdown: str
    group: str
    numerator: Shown
    denominator: Shown
    percent: Shown
    percent_lower: Shown
    percent_upper: Shown
    percent_if_none: Shown
    percent_if_all: Shown
    first_mean: Shown
    last_mean: Shown
    change_mean: Shown
    change_lower: Shown
    change_upper: Shown
    effect: Shown
    only_first_mean: Shown
    median_seconds: Shown
    eligible: Shown
    paired: Shown
    paired_percent: Shown
    only_first: Shown


class FlowData(_Frozen):
    """How many support episodes came to a stage, or were lost for one reason; rounded."""

    flow: str = Field(examples=["star/young-person"])
    step: str = Field(examples=["paired"])
    is_reason: bool
    footprint: Audience
    episodes: Shown


class DefinitionData(_Frozen):
    """What a measure says. `content_hash` changes with anything about it: then a series ends.

    Where `missing` is not empty there is no figure, and it says why.
    """

    measure: str
    version: int
    area: str
    title: str
    statement: str
    content_hash: str
    missing: str


class FileData(_Frozen):
    """One file that can be fetched. `digest` is its SHA-256 in hex and never changes."""

    name: str = Field(examples=["outcomes_la.csv"])
    media_type: str = Field(examples=["text/csv; charset=utf-8"])
    digest: str
    size: int = Field(description="Bytes.")
    href: str = Field(description="Where it is.")


class OneRelease(_Frozen):
    """One release as an audience sees it. `audience` is absent for staff, who take no files."""

    id: str
    period: str
    status: Status
    published_at: datetime
    audience: Audience | None
    policy: str = Field(description="In plain words, how small numbers are protected.")
    audited_with: tuple[str, ...] = Field(
        description="Earlier releases against which the audit held this one."
    )
    certificate: str = Field(
        description="SHA-256 of the proof that every withheld number stays hidden."
    )
    figures: tuple[FigureData, ...]
    flow: tuple[FlowData, ...]
    definitions: tuple[DefinitionData, ...]
    notes: tuple[str, ...] = Field(
        description="How the figures are to be read, and what is shown less finely."
    )
    rating_rule: str = Field(description="How published indicators are rated red, amber or green.")
    files: tuple[FileData, ...]

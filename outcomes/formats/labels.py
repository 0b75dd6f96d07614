"""Names footprints, stages and reasons the way a reader sees them; it holds no figure."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.counting.flow import Missing, Stage
from outcomes.episode import AgeBand, Audience, Axis, Strand
from outcomes.figures import TOTAL, FlowFigure
from outcomes.release import Definition


@dataclass(frozen=True, slots=True)
class Place:
    """A footprint as English statistics files name it. `geographic_level` is their exact wording.

    There is no such level for an Integrated Care Board: see `tidy`.
    """

    title: str
    geographic_level: str
    region_code: str = ""
    region_name: str = ""
    old_la_code: str = ""
    new_la_code: str = ""
    la_name: str = ""
    icb_code: str = ""
    icb_name: str = ""


_EAST_MIDLANDS = ("E12000004", "East Midlands")
PLACES = {
    Audience.DERBY_CITY: Place(
        "Derby City", "Local authority", *_EAST_MIDLANDS, "831", "E06000015", "Derby"
    ),
    Audience.DERBYSHIRE_COUNTY: Place(
        "Derbyshire County", "Local authority", *_EAST_MIDLANDS, "830", "E10000007", "Derbyshire"
    ),
    Audience.ICB: Place(
        "Whole service",
        "Integrated care board",
        icb_code="E54000058",
        icb_name="NHS Derby and Derbyshire Integrated Care Board",
    ),
}
"""Codes of the two authorities, their region and the board (disclosure.md, section 10)."""

FLOWS = {
    "star/young-person": "Young people: star",
    "carer-star/carer": "Carers: star of the home",
}
STAGES = {
    Stage.ELIGIBLE: "Could have answered",
    Stage.ASKED: "Was asked",
    Stage.ANSWERED_FIRST: "Answered at the start",
    Stage.ANSWERED_LAST: "Answered at the end",
    Stage.PAIRED: "Answered both and can be compared",
}
REASONS = {
    Missing.NOT_COMPARABLE: "Answered both but cannot be compared",
    Missing.WITHDRAWN: "Did not want to take part any more",
    Missing.NOT_SUITABLE: "Not suitable for this person",
    Missing.NOT_ASKED: "Was not asked",
    Missing.DISENGAGED: "Support ended without a goodbye",
    Missing.DECLINED: "Chose not to answer",
    Missing.NO_REPLY: "Did not reply",
}


def flow_title(flow: str) -> str:
    """Give the name of the people asked together."""
    return FLOWS.get(flow, flow)


def step_title(figure: FlowFigure) -> str:
    """Give the name of a stage, or of a reason why two answers are missing."""
    return REASONS[Missing(figure.step)] if figure.is_reason else STAGES[Stage(figure.step)]


TOPICS = {
    TOTAL: TOTAL,
    Axis.AGE.value: "Age when support was accepted",
    Axis.STRAND.value: "How the support reaches the child",
}
"""By what a year's figures are broken down."""

_STRANDS = {
    Strand.DIRECT.value: "Direct work with the child",
    Strand.CARERS.value: "Support for carers and parents",
    Strand.CONSULTATION.value: "Consultation and planning",
}
_AGES = {
    band.value: "Age not known" if band is AgeBand.NOT_KNOWN else band.value.replace("-", " to ")
    for band in AgeBand
}


def topic_title(breakdown: str) -> str:
    """Give the name of what figures are broken down by; an unknown one stays as it is."""
    return TOPICS.get(breakdown, breakdown)


def group_title(group: str) -> str:
    """Give the name of one line of a breakdown: `0-10+11-15` is "0 to 10 and 11 to 15"."""
    titles = _STRANDS | _AGES
    return " and ".join(titles.get(each, each) for each in group.split("+"))


def line_title(definition: Definition) -> str:
    """Name a measure for one area, code first, so that no two lines of a file are alike."""
    name = f"{definition.measure} {definition.title}"
    is_said_already = definition.area == TOTAL or definition.measure.endswith(f"-{definition.area}")
    return name if is_said_already else f"{name}: {definition.area}"

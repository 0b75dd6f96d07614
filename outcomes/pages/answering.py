"""Says who could have answered, who answered, and who is missing and why; it counts nobody."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from outcomes.counting.flow import Stage
from outcomes.episode import Audience
from outcomes.figures import FlowFigure, Symbol
from outcomes.formats.labels import flow_title, step_title
from outcomes.formats.sentences import short_reason, why
from outcomes.release import Definition, Release


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One stage or reason; `count` is None where it is not shown, for the `reason`."""

    title: str
    count: int | None
    reason: str
    whole_reason: str | None


@dataclass(frozen=True, slots=True)
class Flow:
    """Everybody of one kind who could have answered, stage by stage, and who is missing."""

    name: str
    title: str
    stages: tuple[FlowLine, ...]
    missing: tuple[FlowLine, ...]
    eligible: int | None
    paired: int | None

    @property
    def slug(self) -> str:
        """Give the name as it may stand in an address."""
        return self.name.replace("/", "-")

    @property
    def missing_told(self) -> str:
        """Say in one line who is missing and why."""
        shown = [
            f"{each.title.lower()} {each.count}" for each in self.missing if each.count is not None
        ]
        hidden = [each.title.lower() for each in self.missing if each.count is None]
        told = f"About: {'; '.join(shown)}." if shown else ""
        return f"{told} Not shown: {'; '.join(hidden)}.".strip() if hidden else told

    @property
    def lines(self) -> tuple[FlowLine, ...]:
        """All lines, the stages first."""
        return self.stages + self.missing


def flows_of(release: Release, footprint: Audience) -> tuple[Flow, ...]:
    """Give the flows of one footprint, in the order of the release."""
    figures = [each for each in release.flow if each.footprint is footprint]
    names = dict.fromkeys(each.flow for each in figures)
    return tuple(_flow(name, [each for each in figures if each.flow == name]) for name in names)


def _flow(name: str, figures: list[FlowFigure]) -> Flow:
    stages = [each for each in figures if not each.is_reason]
    shown = {each.step: _shown(each) for each in stages}
    return Flow(
        name=name,
        title=flow_title(name),
        stages=tuple(map(_line, stages)),
        missing=tuple(_line(each) for each in figures if each.is_reason),
        eligible=shown.get(Stage.ELIGIBLE.value),
        paired=shown.get(Stage.PAIRED.value),
    )


def _line(figure: FlowFigure) -> FlowLine:
    return FlowLine(
        step_title(figure), _shown(figure), short_reason(figure.episodes), why(figure.episodes)
    )


def _shown(figure: FlowFigure) -> int | None:
    return None if isinstance(figure.episodes, Symbol) else int(figure.episodes)


def flow_behind(definition: Definition, flows: tuple[Flow, ...]) -> Flow | None:
    """Give the flow of those whose answers a measure compares, or None where it compares none."""
    if definition.instrument is None or definition.role is None:
        return None
    name = f"{definition.instrument.partition('@')[0]}/{definition.role}"
    return next((each for each in flows if each.name == name), None)


def tell_paired(flow: Flow, *, is_rounded: bool) -> str:
    """Say how many of those who could have answered can be compared."""
    about = "about " if is_rounded else ""
    if flow.eligible is None or flow.paired is None:
        return "How many of those who could have answered can be compared is not shown."
    told = f"{about}{flow.paired} of {flow.eligible} who could have answered are compared"
    told = told[:1].upper() + told[1:]
    if not flow.eligible:
        return f"{told}."
    percent = floor(Fraction(100 * flow.paired, flow.eligible) + Fraction(1, 2))
    return f"{told} ({percent}%)."


def tell_answered(flow: Flow, *, is_rounded: bool) -> str:
    """Say it as the page's first sentences do, with the name of who answered."""
    told = tell_paired(flow, is_rounded=is_rounded).replace(
        "are compared", "did so both at the start and at the end"
    )
    return f"{flow.title.partition(':')[0]}: {told[0].lower()}{told[1:]}"

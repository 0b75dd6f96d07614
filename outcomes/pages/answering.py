"""Says who could have answered, who answered, and who is missing and why; it counts nobody."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from outcomes.counting.flow import Stage
from outcomes.episode import Audience
from outcomes.figures import Figure, FlowFigure, Shown, Symbol
from outcomes.formats.labels import flow_title, step_title
from outcomes.formats.sentences import short_reason, why
from outcomes.measures.measure import PeriodRule
from outcomes.pages.chapters import WHO_ANSWERED
from outcomes.release import Definition, Release

_LEAST_FOR_SHARE = 10
"""How many a share must be about (docs/measures.md)."""


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


@dataclass(frozen=True, slots=True)
class Paired:
    """How many could have been compared, how many are, and what share that is.

    Each is None where it is not shown; the share is none of fewer than ten.
    """

    eligible: int | None
    paired: int | None
    percent: int | None

    @property
    def in_brackets(self) -> str:
        """Write the share behind the counts; empty where there is none."""
        return "" if self.percent is None else f" ({self.percent}%)"

    @property
    def short(self) -> str:
        """Write the share for a table, the counts where there is none."""
        if self.eligible is None or self.paired is None:
            return short_reason(Symbol.WITHHELD)
        counts = f"{self.paired} of {self.eligible}"
        return counts if self.percent is None else f"{self.percent}%"


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
    return _number(figure.episodes)


def _number(shown: Shown) -> int | None:
    return None if isinstance(shown, Symbol) else int(shown)


def paired_of(figure: Figure, definition: Definition, flows: tuple[Flow, ...]) -> Paired | None:
    """Say how many can be compared behind a figure, by its own counts.

    None where it compares none. A release of before has no such counts; there the flow has them for
    a figure of the same support, that is of support that ended in the period.
    """
    if figure.eligible is not Symbol.NOT_APPLICABLE:
        return Paired(
            _number(figure.eligible), _number(figure.paired), _number(figure.paired_percent)
        )
    flow = _flow_behind(definition, flows)
    return None if flow is None else _paired_in(flow)


def _paired_in(flow: Flow) -> Paired:
    if flow.eligible is None or flow.paired is None or flow.eligible < _LEAST_FOR_SHARE:
        return Paired(flow.eligible, flow.paired, None)
    # Both are rounded by themselves, so the part can come out larger than the whole.
    share = Fraction(100 * min(flow.paired, flow.eligible), flow.eligible)
    return Paired(flow.eligible, flow.paired, floor(share + Fraction(1, 2)))


def _flow_behind(definition: Definition, flows: tuple[Flow, ...]) -> Flow | None:
    # The share that answered twice says itself what stands beside every other figure.
    is_itself = definition.measure in WHO_ANSWERED
    is_of_now = definition.period_rule == PeriodRule.CLOSED
    if is_itself or not is_of_now or definition.instrument is None or definition.role is None:
        return None
    name = f"{definition.instrument.partition('@')[0]}/{definition.role}"
    return next((each for each in flows if each.name == name), None)


def tell_paired(paired: Paired, *, is_rounded: bool) -> str:
    """Say how many pieces of support can be compared, of those that could have been."""
    if paired.eligible is None or paired.paired is None:
        return "How many of those that could have been compared were is not shown."
    about = "About " if is_rounded else ""
    of = f"{paired.paired} of {paired.eligible}"
    return f"{about}{of} pieces of support that could have been compared were{paired.in_brackets}."


def tell_answered(flow: Flow, *, is_rounded: bool) -> str:
    """Say how many answered both times, with the name of who was asked."""
    who = flow.title.partition(":")[0]
    paired = _paired_in(flow)
    if paired.eligible is None or paired.paired is None:
        return f"{who}: how many answered both at the start and at the end is not shown."
    about = "about " if is_rounded else ""
    return (
        f"{who}: both at the start and at the end there are answers for {about}{paired.paired} of "
        f"{paired.eligible} pieces of support in which they could have answered"
        f"{paired.in_brackets}."
    )

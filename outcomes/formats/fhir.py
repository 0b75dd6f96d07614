"""Writes a release as FHIR R4B measure reports, one a measure and footprint; no person in it.

Reports of who answered and who is missing follow, and an outcome of the operation with the notes.
R4B differs from R4, on which UK Core rests, in nothing that a summary measure report uses. Only
summary reports are written: an answer of somebody is personal data and has no place here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID, uuid5

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, FlowFigure, Shown, Symbol
from outcomes.formats.labels import PLACES, flow_title, group_title, step_title, topic_title
from outcomes.formats.layout import checked
from outcomes.formats.projection import canonical
from outcomes.measures.measure import Direction, PeriodRule, Statistic
from outcomes.quarter import Quarter, quarters_of
from outcomes.release import Definition, Release

NAME = "measurereport.json"
_OURS = "urn:starling"
_SPACE = UUID("2f0c5a4e-6f0b-5c0e-9a53-0d6d5e1b7c11")
"""From which the ids of reports are worked out: the same report always has the same one."""

_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_REASONS = {Symbol.WITHHELD: "masked", Symbol.TOO_FEW: "not-performed"}
_POPULATIONS = "http://terminology.hl7.org/CodeSystem/measure-population"
_BETTER = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
_UNITS = "http://unitsofmeasure.org"
_FIGURES = (
    *("percent_lower", "percent_upper", "percent_if_none", "percent_if_all"),
    *("first_mean", "last_mean", "change_lower", "change_upper"),
    *("effect", "only_first_mean", "only_first"),
    *("eligible", "paired", "paired_percent"),
)
"""What has no place of its own in a report and is written as an extension."""

_Json: TypeAlias = dict[str, object]


def to_fhir(release: Release, audience: Audience) -> bytes:
    """Give a bundle of the measure reports that an audience sees, as canonical JSON.

    It ends with the notes. A withheld count has no number but the reason `masked`. Every report was
    checked against R4B. Raises `UnsafeCellError` for a text that a spreadsheet could run.
    """
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415 - a second, only for this file

    release_id = release.id
    content: _Json = {
        "resourceType": "Bundle",
        "id": release_id,
        "type": "collection",
        "identifier": {"system": f"{_OURS}:release", "value": release_id},
    }
    reports = (*_reports(release, release_id, audience), *_flows(release, release_id, audience))
    content["entry"] = [
        {"fullUrl": f"urn:uuid:{each['id']}", "resource": each}
        for each in (*reports, _notes(release, release_id))
    ]
    Bundle.model_validate(content)
    return canonical(content)


def _reports(release: Release, release_id: str, audience: Audience) -> Iterator[_Json]:
    figures: dict[tuple[str, Audience], list[Figure]] = {}
    for each in release.figures_for(audience):
        figures.setdefault((each.measure, each.footprint), []).append(each)
    for those in figures.values():
        yield {
            "id": _id(release_id, those[0].measure, those[0].footprint),
            **_report(release, those),
        }


def _id(release_id: str, *what: str) -> str:
    """Name a part. The name of a release is a hash of all of it, so it is worked out once."""
    return str(uuid5(_SPACE, " ".join((release_id, *what))))


def _flows(release: Release, release_id: str, audience: Audience) -> Iterator[_Json]:
    """Give a report of each flow and footprint, a group for each stage and reason."""
    lines: dict[tuple[str, Audience], list[FlowFigure]] = {}
    for each in release.flow_for(audience):
        lines.setdefault((each.flow, each.footprint), []).append(each)
    days = quarters_of(release.period)
    for (flow, footprint), those in lines.items():
        about = f"{_OURS}:flow:{_as_id(flow)}|1"
        yield {
            "id": _id(release_id, flow, footprint),
            **_frame(release, about, footprint, days),
            "group": [_line(each) for each in those],
        }


def _line(figure: FlowFigure) -> _Json:
    kind = "reason" if figure.is_reason else "stage"
    population = {"code": _coded(_POPULATIONS, "initial-population"), **_count(figure.episodes)}
    return {
        "code": {
            **_coded(f"{_OURS}:flow-{kind}", _as_id(figure.step)),
            "text": f"{checked(flow_title(figure.flow))}: {checked(step_title(figure))}",
        },
        "population": [population],
    }


def _notes(release: Release, release_id: str) -> _Json:
    """Say how the figures are to be read, and what was suppressed to protect people."""
    return {
        "resourceType": "OperationOutcome",
        "id": _id(release_id, "notes"),
        "issue": [
            {
                "severity": "information",
                "code": "suppressed" if each in release.coarsened else "informational",
                "diagnostics": checked(each),
            }
            for each in release.all_notes
        ],
    }


def _coded(system: str, code: str) -> _Json:
    return {"coding": [{"system": system, "code": code}]}


def _report(release: Release, figures: Sequence[Figure]) -> _Json:
    """Give the report of one measure and footprint, about the days that it is about."""
    definition, footprint = release.definition_of(figures[0]), figures[0].footprint
    about = f"{_OURS}:measure:{_as_id(definition.measure)}|{definition.version}"
    report = {
        **_frame(release, about, footprint, _quarters_about(release, definition)),
        "group": [
            _group(release.definition_of(each), each, figures)
            for each in figures
            if each.breakdown == TOTAL
        ],
    }
    if definition.direction in _NOTATION:
        code = _NOTATION[Direction(definition.direction)]
        report["improvementNotation"] = _coded(_BETTER, code)
    return report


def _frame(
    release: Release, measure: str, footprint: Audience, quarters: Sequence[Quarter]
) -> _Json:
    """Give what every report begins with."""
    first, last = quarters[0].first_day, quarters[-1].last_day
    return {
        "resourceType": "MeasureReport",
        "meta": {"tag": [{"system": f"{_OURS}:status", "code": release.status.value}]},
        "status": "complete",
        "type": "summary",
        "measure": measure,
        "reporter": {"display": PLACES[footprint].title},
        "period": {"start": first.isoformat(), "end": last.isoformat()},
    }


def _quarters_about(release: Release, definition: Definition) -> tuple[Quarter, ...]:
    """Give the quarters whose people a measure is about: some can only be counted later."""
    quarters = quarters_of(release.period)
    for _ in range(_QUARTERS_LATE.get(definition.period_rule, 0)):
        quarters = tuple(each.preceding for each in quarters)
    return quarters


_QUARTERS_LATE = {
    PeriodRule.CLOSED_A_QUARTER_AGO.value: 1,
    PeriodRule.CLOSED_THREE_QUARTERS_AGO.value: 3,
}

_NOTATION = {
    Direction.HIGHER_IS_BETTER: "increase",
    Direction.LOWER_IS_BETTER: "decrease",
}


def _group(definition: Definition, figure: Figure, figures: Sequence[Figure]) -> _Json:
    group: _Json = {
        "code": {
            "coding": [{"system": f"{_OURS}:area", "code": _as_id(figure.area)}],
            "text": f"{checked(definition.title)} ({checked(figure.area)})",
        },
        **_numbers(definition, figure),
    }
    lines = [each for each in figures if each.area == figure.area and each.breakdown != TOTAL]
    stratifiers = [
        {
            "code": [{"text": checked(topic_title(topic))}],
            "stratum": [
                {"value": {"text": checked(group_title(each.group))}, **_numbers(definition, each)}
                for each in lines
                if each.breakdown == topic
            ],
        }
        for topic in dict.fromkeys(each.breakdown for each in lines)
    ]
    return group | ({"stratifier": stratifiers} if stratifiers else {})


def _numbers(definition: Definition, figure: Figure) -> _Json:
    """Give the counts, the score and the other numbers of a figure; nothing for `z`."""
    statistic = definition.statistic
    is_count = statistic == Statistic.COUNT
    named = (
        ("initial-population" if is_count else "numerator", figure.numerator),
        ("denominator", figure.denominator),
    )
    populations = [
        {"code": _coded(_POPULATIONS, code), **_count(shown)}
        for code, shown in named
        if shown is not Symbol.NOT_APPLICABLE
    ]
    extensions = [
        {"url": f"{_OURS}:figure:{name}", **_value(shown)}
        for name in _FIGURES
        if (shown := getattr(figure, name)) is not Symbol.NOT_APPLICABLE
    ]
    score = _score(statistic, figure)
    parts = {"population": populations, "measureScore": score, "extension": extensions}
    return {name: part for name, part in parts.items() if part}


def _count(shown: Shown) -> _Json:
    if isinstance(shown, Symbol):
        return {"_count": {"extension": [_absent(shown)]}}
    return {"count": int(shown)}


def _value(shown: Shown) -> _Json:
    if isinstance(shown, Symbol):
        return {"valueCode": _REASONS[shown]}
    return {"valueDecimal": _number(shown)}


def _score(statistic: str, figure: Figure) -> _Json:
    shown, unit = {
        Statistic.RATE.value: (figure.percent, ("%", "%")),
        Statistic.MEAN_CHANGE.value: (figure.change_mean, ("steps", "1")),
        Statistic.MEDIAN.value: (figure.median_seconds, ("seconds", "s")),
    }.get(statistic, (Symbol.NOT_APPLICABLE, ("", "")))
    if shown is Symbol.NOT_APPLICABLE:
        return {}
    if isinstance(shown, Symbol):
        return {"extension": [_absent(shown)]}
    return {"value": _number(shown), "unit": unit[0], "system": _UNITS, "code": unit[1]}


def _absent(symbol: Symbol) -> _Json:
    return {"url": _ABSENT, "valueCode": _REASONS[symbol]}


def _number(shown: int | Decimal) -> int | float:
    return float(shown) if isinstance(shown, Decimal) else shown


def _as_id(text: str) -> str:
    """Write a code with the letters that an id may have."""
    return "".join(each if each.isalnum() or each in "-." else "-" for each in text).lower()

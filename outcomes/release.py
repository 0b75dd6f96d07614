"""Compiles protected tables into a release that never changes; it never sees a raw figure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

from pydantic import BeforeValidator, PlainSerializer, TypeAdapter, ValidationError

from outcomes.episode import Audience
from outcomes.errors import BadQuarterError, BadReleaseError
from outcomes.figures import Figure, FlowFigure
from outcomes.indicators import Indicator, Reply
from outcomes.notes import notes
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Period, Quarter, Year, parse_period

if TYPE_CHECKING:
    from outcomes.protection.safe_tables import SafeTables

_FORMAT = 2
_ID_LENGTH = 16
_CHANGED = "the stored text is not a release, or was changed; take it from a backup"


class Status(StrEnum):
    """Whether answers could still come in when the release was compiled."""

    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a reader needs to know of a measure, and the hash of everything about it.

    `outcomes` are codes of `outcomes.measures.contract`, `indicators` codes of published ones.
    `instrument` is written `star@1`. `breakdown` is the axis a year is broken down by, if any.
    """

    measure: str
    version: int
    area: str
    title: str
    statement: str
    sentence: str
    statistic: str
    minimum_n: int
    content_hash: str
    unit: str = ""
    direction: str = ""
    population: str = ""
    numerator: str = ""
    period_rule: str = ""
    interval: str = ""
    role: str | None = None
    instrument: str | None = None
    breakdown: str | None = None
    outcomes: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()

    @classmethod
    def of(cls, measure: Any) -> Self:
        """Take what a reader needs from a measure."""
        taken = {
            each.name: getattr(measure, each.name)
            for each in fields(cls)
            if each.name not in ("measure", "instrument") and hasattr(measure, each.name)
        }
        instrument = getattr(measure, "instrument", None)
        version = getattr(measure, "instrument_version", None)
        return cls(
            measure=measure.id,
            instrument=f"{instrument}@{version}" if instrument else None,
            **{name: _plain(value) for name, value in taken.items()},
        )


def _plain(value: object) -> Any:
    return str(value.value) if isinstance(value, StrEnum) else value


def _as_period(value: object) -> Period:
    return value if isinstance(value, Quarter | Year) else parse_period(str(value))


_Period: TypeAlias = Annotated[Period, BeforeValidator(_as_period), PlainSerializer(str)]


@dataclass(frozen=True, slots=True)
class Release:
    """The protected figures of one period, frozen, for all three audiences.

    What each audience gets is a projection of this one value. `scenarios` names the outsiders the
    audit tried to be, `audited_with` the earlier releases that it held against this one, and
    `certificate` is the SHA-256 of the proof that every protected count stays hidden.
    `coarsened` says in plain sentences which breakdowns were merged or left out to protect people.
    `indicators` are figures of others, `replies` what was done about what young people raised.
    """

    period: _Period
    status: Status
    policy: DisclosurePolicy
    definitions: tuple[Definition, ...]
    figures: tuple[Figure, ...]
    flow: tuple[FlowFigure, ...]
    notes: tuple[str, ...]
    scenarios: tuple[str, ...]
    audited_with: tuple[str, ...] = ()
    certificate: str = ""
    coarsened: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    replies: tuple[Reply, ...] = ()

    @property
    def id(self) -> str:
        """Name the release by its period and a hash of all it holds: equal figures, equal id."""
        digest = hashlib.sha256(_canonical(self._content()).encode()).hexdigest()
        return f"{self.period.slug}-{digest[:_ID_LENGTH]}"

    def figures_for(self, audience: Audience) -> tuple[Figure, ...]:
        """Give the figures an audience sees: a council its own, the board all three footprints."""
        return tuple(each for each in self.figures if audience in (each.footprint, Audience.ICB))

    def flow_for(self, audience: Audience) -> tuple[FlowFigure, ...]:
        """Give the flow an audience sees, in the same way."""
        return tuple(each for each in self.flow if audience in (each.footprint, Audience.ICB))

    def definition_of(self, figure: Figure) -> Definition:
        """Give the definition a figure was worked out by."""
        place = (figure.measure, figure.area)
        return next(each for each in self.definitions if (each.measure, each.area) == place)

    def to_json(self) -> str:
        """Write the release as canonical JSON: the same release is always the same text."""
        return _canonical({"id": self.id, **self._content()})

    def _content(self) -> dict[str, object]:
        return {"format": _FORMAT, **_adapter().dump_python(self, mode="json")}


@cache
def _adapter() -> TypeAdapter[Release]:
    return TypeAdapter(Release)


def compile_release(
    safe: SafeTables,
    *,
    compiled_on: date,
    certificate: str,
    indicators: tuple[Indicator, ...] = (),
    replies: tuple[Reply, ...] = (),
) -> Release:
    """Freeze the protected tables of a period into a release.

    It is provisional when `compiled_on` (a local date) is before the period's freeze date.
    `certificate` is the SHA-256 of the audit's proof.
    """
    status = Status.PROVISIONAL if compiled_on < safe.period.freeze_date else Status.FINAL
    return Release(
        period=safe.period,
        status=status,
        policy=safe.policy,
        definitions=tuple(Definition.of(each) for each in safe.measures),
        figures=safe.figures,
        flow=safe.flow,
        notes=notes(safe.period, safe.policy, is_final=status is Status.FINAL),
        scenarios=safe.scenarios,
        audited_with=safe.audited_with,
        certificate=certificate,
        coarsened=safe.coarsened,
        indicators=indicators,
        replies=replies,
    )


def read_release(text: str) -> Release:
    """Read what `to_json` wrote. Raises `BadReleaseError` when it was changed or is none."""
    try:
        stored = json.loads(text)
        named = stored.pop("id")
        if stored.pop("format") != _FORMAT:
            raise BadReleaseError(_CHANGED)
        release = _adapter().validate_python(stored)
        is_intact = release.to_json() == text and release.id == named
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, ValidationError,
            BadQuarterError) as error:  # fmt: skip
        raise BadReleaseError(_CHANGED) from error
    if not is_intact:
        raise BadReleaseError(_CHANGED)
    return release


def _canonical(content: dict[str, object]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

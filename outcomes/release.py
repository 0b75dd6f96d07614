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
from outcomes.figures import Figure, FlowFigure, Symbol
from outcomes.indicators import RULE, Indicator, Reply
from outcomes.notes import RATED_BY, notes
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Period, Quarter, Year, parse_period

if TYPE_CHECKING:
    from outcomes.protection.safe_tables import SafeTables

_FORMAT = 2
_ID_LENGTH = 16
_CAME_LATER = {
    "definitions": {"missing": "", "in_full": ""},
    "figures": dict.fromkeys(
        ("eligible", "paired", "paired_percent", "only_first"), Symbol.NOT_APPLICABLE.value
    ),
}
"""Fields that releases had not from the beginning, with what they hold where there is nothing to
say. Then they are not written, so that what was stored before is still the same text."""
_NEVER_FILLED = dict.fromkeys(("effect_lower", "effect_upper"), Symbol.NOT_APPLICABLE.value)
"""Places of a stored figure that no release fills; they stay, so that its text stays the same."""
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
    Where `missing` is not empty the release has no figure of it, and it says why. `in_full` is the
    whole record as JSON, of which `content_hash` is the SHA-256; releases of before have none.
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
    missing: str = ""
    in_full: str = ""

    @classmethod
    def of(cls, measure: Any, *, is_left_out: bool = False) -> Self:
        """Take what a reader needs from a measure, which may be left out to protect people."""
        taken = {
            each.name: getattr(measure, each.name)
            for each in fields(cls)
            if each.name not in ("measure", "instrument") and hasattr(measure, each.name)
        }
        if is_left_out:
            taken["missing"] = _LEFT_OUT
        instrument = getattr(measure, "instrument", None)
        version = getattr(measure, "instrument_version", None)
        return cls(
            measure=measure.id,
            instrument=f"{instrument}@{version}" if instrument else None,
            **{name: _plain(value) for name, value in taken.items()},
        )


_LEFT_OUT = (
    "Left out of this release, because it would tell something about a few people. Other releases "
    "may have it."
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
    `coarsened` says in plain sentences which breakdowns were merged or left out to protect people;
    the notes say it too. `indicators` are figures of others, `rating_rule` how those are rated
    red, amber or green. `replies` say what was done about what young people raised.
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
    rating_rule: str = ""

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

    @property
    def all_notes(self) -> tuple[str, ...]:
        """Give the notes with what was shown less finely; drafts of before have that apart."""
        return tuple(dict.fromkeys((*self.notes, *self.coarsened)))

    def to_json(self) -> str:
        """Write the release as canonical JSON: the same release is always the same text."""
        return _canonical({"id": self.id, **self._content()})

    def _content(self) -> dict[str, object]:
        content: dict[str, Any] = _adapter().dump_python(self, mode="json")
        for part, nothing in _CAME_LATER.items():
            content[part] = [_without(each, nothing) for each in content[part]]
        content["figures"] = [{**_NEVER_FILLED, **each} for each in content["figures"]]
        return {"format": _FORMAT, **_without(content, {"rating_rule": ""})}


def _without(written: dict[str, Any], nothing: dict[str, str]) -> dict[str, Any]:
    """Leave out the fields that hold nothing."""
    return {
        name: value
        for name, value in written.items()
        if name not in nothing or value != nothing[name]
    }


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
    rule = RULE.in_words if indicators else ""
    usual = notes(safe.period, safe.policy, is_final=status is Status.FINAL)
    return Release(
        period=safe.period,
        status=status,
        policy=safe.policy,
        definitions=tuple(
            Definition.of(each, is_left_out=(each.id, each.area) in safe.left_out)
            for each in safe.measures
        ),
        figures=safe.figures,
        flow=safe.flow,
        notes=(*usual, *((f"{RATED_BY}: {rule}",) if rule else ()), *safe.coarsened),
        scenarios=safe.scenarios,
        audited_with=safe.audited_with,
        certificate=certificate,
        coarsened=safe.coarsened,
        indicators=indicators,
        replies=replies,
        rating_rule=rule,
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

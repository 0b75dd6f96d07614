"""Compiles protected tables into a release that never changes; it never sees a raw figure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from outcomes.definitions import Measure
from outcomes.episode import Audience
from outcomes.errors import BadQuarterError, BadReleaseError
from outcomes.figures import Figure, FlowFigure, Symbol
from outcomes.notes import notes
from outcomes.policy import DisclosurePolicy
from outcomes.quarter import Quarter
from outcomes.safe import SafeTables

_FORMAT = 1
_ID_LENGTH = 16
_WORDS = ("measure", "area", "flow", "step")
_CHANGED = "the stored text is not a release, or was changed; take it from a backup"


class Status(StrEnum):
    """Whether answers could still come in when the release was compiled."""

    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a reader needs to know of a measure, and the hash of everything else about it."""

    measure: str
    version: int
    area: str
    title: str
    statement: str
    sentence: str
    statistic: str
    minimum_n: int
    content_hash: str

    @classmethod
    def of(cls, measure: Measure) -> Self:
        """Take what a reader needs from a measure."""
        return cls(
            measure=measure.id,
            version=measure.version,
            area=measure.area,
            title=measure.title,
            statement=measure.statement,
            sentence=measure.sentence,
            statistic=measure.statistic.value,
            minimum_n=measure.minimum_n,
            content_hash=measure.content_hash,
        )


@dataclass(frozen=True, slots=True)
class Release:
    """The protected figures of one quarter, frozen, for all three audiences.

    What each audience gets is a projection of this one value. `scenarios` names the outsiders the
    audit tried to be.
    """

    quarter: Quarter
    status: Status
    policy: DisclosurePolicy
    definitions: tuple[Definition, ...]
    figures: tuple[Figure, ...]
    flow: tuple[FlowFigure, ...]
    notes: tuple[str, ...]
    scenarios: tuple[str, ...]

    @property
    def id(self) -> str:
        """Name the release by its quarter and a hash of all it holds: equal figures, equal id."""
        digest = hashlib.sha256(_canonical(self._content()).encode()).hexdigest()
        return f"{self.quarter.slug}-{digest[:_ID_LENGTH]}"

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
        return {
            "format": _FORMAT,
            "quarter": str(self.quarter),
            "status": self.status,
            "policy": asdict(self.policy),
            "definitions": [asdict(each) for each in self.definitions],
            "figures": [_encoded(each) for each in self.figures],
            "flow": [_encoded(each) for each in self.flow],
            "notes": list(self.notes),
            "scenarios": list(self.scenarios),
        }


def compile_release(quarter: Quarter, safe: SafeTables, *, compiled_on: date) -> Release:
    """Freeze the protected tables of a quarter into a release.

    It is provisional when `compiled_on` (a local date) is before the quarter's freeze date. Raises
    `BadReleaseError` when the tables are of another quarter.
    """
    if safe.quarter != quarter:
        message = f"these tables are about {safe.quarter}, not {quarter}; tabulate that quarter"
        raise BadReleaseError(message)
    status = Status.PROVISIONAL if compiled_on < quarter.freeze_date else Status.FINAL
    return Release(
        quarter=quarter,
        status=status,
        policy=safe.policy,
        definitions=tuple(Definition.of(each) for each in safe.measures),
        figures=tuple(each for table in safe.tables for each in table.figures),
        flow=tuple(each for table in safe.tables for each in table.flow),
        notes=notes(quarter, safe.policy, is_final=status is Status.FINAL),
        scenarios=safe.scenarios,
    )


def read_release(text: str) -> Release:
    """Read what `to_json` wrote. Raises `BadReleaseError` when it was changed or is none."""
    try:
        stored = json.loads(text)
        release = Release(
            quarter=Quarter.parse(stored["quarter"]),
            status=Status(stored["status"]),
            policy=DisclosurePolicy(**stored["policy"]),
            definitions=tuple(Definition(**each) for each in stored["definitions"]),
            figures=tuple(Figure(**_decoded(each)) for each in stored["figures"]),
            flow=tuple(FlowFigure(**_decoded(each)) for each in stored["flow"]),
            notes=tuple(stored["notes"]),
            scenarios=tuple(stored["scenarios"]),
        )
        is_intact = release.to_json() == text
    except (ValueError, KeyError, TypeError, ArithmeticError, BadQuarterError) as error:
        raise BadReleaseError(_CHANGED) from error
    if not is_intact:
        raise BadReleaseError(_CHANGED)
    return release


def _encoded(figure: Figure | FlowFigure) -> dict[str, object]:
    """Write means as text with one decimal, so that no reader's number type can change them."""
    return {
        name: f"{value:.1f}" if isinstance(value, Decimal) else value
        for name, value in asdict(figure).items()
    }


def _decoded(stored: Mapping[str, object]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in stored.items()}


def _value(name: str, value: object) -> object:
    if name == "footprint":
        return Audience(str(value))
    if name in _WORDS or not isinstance(value, str):
        return value
    return Symbol(value) if value in tuple(Symbol) else Decimal(value)


def _canonical(content: Mapping[str, object]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

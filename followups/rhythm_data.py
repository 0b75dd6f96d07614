"""Rhythms as data: which instrument goes to whom in which wave, read strictly from `rhythms.yaml`.

It must not know the calendar: days become instants in `schedule`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from followups.hours import TimeOfDay
from outcomes.observation import Wave
from surveys.definition_text import explain, read_definition
from surveys.errors import BadDefinition
from surveys.people import Role

FILE: Final = "rhythms.yaml"
_REMEDY: Final = "Write it like the packaged followups/rhythms.yaml"

Days = Annotated[int, Field(ge=1, le=366)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(_Strict):
    """One instrument in one wave; only reviews come back, every so many weeks."""

    ask: str = Field(pattern=r"^[a-z][a-z0-9-]{0,23}$")
    wave: Wave
    every_weeks: Annotated[int, Field(ge=1, le=52)] | None = None

    @model_validator(mode="after")
    def _must_repeat_reviews_only(self) -> Self:
        if (self.wave is Wave.REVIEW) is (self.every_weeks is None):
            msg = "a review needs every_weeks, and nothing else may have it"
            raise ValueError(msg)
        return self


class WaveRules(_Strict):
    """For how many days an answer counts, and how late a first asking may still go out."""

    window_days: Days
    late_days: Days

    @model_validator(mode="after")
    def _must_be_late_inside_the_window(self) -> Self:
        if self.late_days > self.window_days:
            msg = "late_days is longer than window_days: nobody could answer in time"
            raise ValueError(msg)
        return self


Asks = dict[Role, tuple[Ask, ...]]


class Rhythms(_Strict):
    """Everything that decides who is asked what and when, whatever the calendar."""

    version: Annotated[int, Field(ge=1)]
    reminders: Annotated[tuple[Days, ...], Field(max_length=2)]
    waves: dict[Wave, WaveRules]
    at: dict[Role, TimeOfDay]
    rhythms: dict[str, Asks]
    otherwise: str
    interventions: dict[str, str]

    @model_validator(mode="after")
    def _must_name_everything(self) -> Self:
        _need("waves", [each.value for each in Wave], self.waves)
        _need("at", [each.value for each in Role], self.at)
        for kind, rhythm in [*self.interventions.items(), ("otherwise", self.otherwise)]:
            if rhythm not in self.rhythms:
                msg = f"{kind} uses the rhythm {rhythm!r}, which is not under `rhythms`"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _must_ask_one_thing_once(self) -> Self:
        for name, asks in self.rhythms.items():
            for role, each in asks.items():
                waves = [ask.wave for ask in each]
                if len(set(waves)) < len(waves):
                    msg = f"rhythm {name!r} asks a {role.value} twice in one wave"
                    raise ValueError(msg)
        return self

    def asks_of(self, intervention: str, role: Role) -> tuple[Ask, ...]:
        """Return what somebody in this role is asked around this kind of support."""
        rhythm = self.interventions.get(intervention, self.otherwise)
        return self.rhythms[rhythm].get(role, ())

    def instruments(self) -> set[tuple[str, Role]]:
        """Return which instruments are used, and for whom: somebody must check they exist."""
        return {
            (ask.ask, role)
            for asks in self.rhythms.values()
            for role, each in asks.items()
            for ask in each
        }


def _need(where: str, names: Iterable[str], given: Iterable[str]) -> None:
    missing = set(names) - set(given)
    if missing:
        msg = f"{', '.join(sorted(missing))} is missing under `{where}`"
        raise ValueError(msg)


def read_rhythms(file: str, text: str) -> Rhythms:
    """Return the rhythms that this YAML text defines. Raises BadDefinition."""
    content = read_definition(file, text)
    try:
        return Rhythms.model_validate(content)
    except ValidationError as error:
        raise explain(file, error, _REMEDY) from error


def check_names(file: str, rhythms: Rhythms, known: Iterable[str]) -> None:
    """Raise BadDefinition where the file names a kind of support that does not exist."""
    unknown = sorted(set(rhythms.interventions) - set(known))
    if unknown:
        cause = f"there is no such kind of support: {', '.join(unknown)}"
        remedy = f"Use one of {', '.join(sorted(known))}"
        raise BadDefinition(file, "interventions", cause, remedy)


@cache
def packaged_rhythms() -> Rhythms:
    """Return the rhythms that come with the program. Raises BadDefinition."""
    return read_rhythms(FILE, files("followups").joinpath(FILE).read_text(encoding="utf-8"))

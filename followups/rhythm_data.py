"""Rhythms as data: which instrument goes to whom in which wave, read strictly from `rhythms.yaml`.

It must not know the calendar: days become instants in `schedule`. It opens no file but the packaged
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from followups.hours import TimeOfDay
from outcomes.observation import Wave
from surveys.definition_text import explain, read_definition
from surveys.errors import BadDefinition
from surveys.people import Role

FILE: Final = "rhythms.yaml"
MOST_REMINDERS: Final = 2
"""More than two reminders of one asking is pressing somebody."""

_REMEDY: Final = "Write it like the packaged followups/rhythms.yaml"
_DAYS_A_WEEK: Final = 7

Days = Annotated[int, Field(ge=1, le=366)]
Ladder = Annotated[tuple[Days, ...], Field(max_length=MOST_REMINDERS)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


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


class Ladders(_Strict):
    """After how many days we ask again: counted from the last asking, or from the last move."""

    not_begun: Ladder = Field(alias="not-begun")
    half_done: Ladder = Field(alias="half-done")

    def of(self, *, begun: bool) -> tuple[int, ...]:
        """Return the ladder of somebody who has begun to answer, or has not."""
        return self.half_done if begun else self.not_begun


# --- how it is written ------------------------------------------------------------------


class _PartOfWave(_Strict):
    window_days: Days | None = None
    late_days: Days | None = None


class _PartOfLadders(_Strict):
    not_begun: Ladder | None = Field(None, alias="not-begun")
    half_done: Ladder | None = Field(None, alias="half-done")


class _Defaults(_Strict):
    at: dict[Role, TimeOfDay]
    waves: dict[Wave, WaveRules]
    reminders: Ladders

    @model_validator(mode="after")
    def _must_name_everything(self) -> Self:
        _need("at", Role, self.at)
        _need("waves", Wave, self.waves)
        return self


class _Written(_Strict):
    """One rhythm: what it asks, and what it has otherwise than the defaults."""

    asks: dict[Role, tuple[Ask, ...]]
    at: dict[Role, TimeOfDay] = {}
    waves: dict[Wave, _PartOfWave] = {}
    reminders: _PartOfLadders = _PartOfLadders()

    @model_validator(mode="after")
    def _must_name_every_role(self) -> Self:
        _need("asks", Role, self.asks)
        return self

    @model_validator(mode="after")
    def _must_ask_one_thing_once(self) -> Self:
        for role, each in self.asks.items():
            waves = [ask.wave for ask in each]
            if len(set(waves)) < len(waves):
                msg = f"it asks a {role.value} twice in one wave"
                raise ValueError(msg)
        return self


class _File(_Strict):
    version: Literal[2]
    silent_after_days: Days
    defaults: _Defaults
    rhythms: dict[Name, _Written]
    otherwise: str
    interventions: dict[str, str]


def _need(where: str, names: Iterable[Role | Wave], given: Iterable[Role | Wave]) -> None:
    missing = {each.value for each in names} - {each.value for each in given}
    if missing:
        msg = f"{', '.join(sorted(missing))} is missing under `{where}`"
        raise ValueError(msg)


# --- what it means ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rhythm:
    """All the rules by which people around one kind of support are asked; nothing is left open."""

    name: str
    asks: Mapping[Role, tuple[Ask, ...]]
    at: Mapping[Role, TimeOfDay]
    waves: Mapping[Wave, WaveRules]
    reminders: Ladders


@dataclass(frozen=True, slots=True)
class Rhythms:
    """Everything that decides who is asked what and when, whatever the calendar."""

    silent_after_days: int
    rhythms: Mapping[str, Rhythm]
    otherwise: str
    interventions: Mapping[str, str]

    def of_kind(self, intervention: str) -> Rhythm:
        """Return the rhythm of this kind of support; of an unknown one, the usual."""
        return self.rhythms[self.interventions.get(intervention, self.otherwise)]

    def named(self, name: str) -> Rhythm:
        """Return the rhythm of this name, or the usual one when the file has it no longer.

        What was planned keeps the name, and the file may be edited: nothing may fail by that.
        """
        return self.rhythms.get(name) or self.rhythms[self.otherwise]

    def instruments(self) -> set[tuple[str, Role]]:
        """Return which instruments are used, and for whom: somebody must check they exist."""
        return {
            (ask.ask, role)
            for rhythm in self.rhythms.values()
            for role, each in rhythm.asks.items()
            for ask in each
        }


class _Fault(NamedTuple):
    where: str
    cause: str
    remedy: str


def read_rhythms(file: str, text: str) -> Rhythms:
    """Return the rhythms that this YAML text defines. Raises BadDefinition."""
    content = read_definition(file, text)
    try:
        written = _File.model_validate(content)
    except ValidationError as error:
        raise explain(file, error, _REMEDY) from error
    rhythms = {
        name: _complete(name, each, written.defaults) for name, each in written.rhythms.items()
    }
    for fault in (*_wrong_names(written), *_wrong_rules(rhythms)):
        raise BadDefinition(file, *fault)
    return Rhythms(
        written.silent_after_days, rhythms, written.otherwise, dict(written.interventions)
    )


def _complete(name: str, written: _Written, defaults: _Defaults) -> Rhythm:
    """Fill in from the defaults what this rhythm does not say."""
    changed = written.reminders.model_dump(exclude_none=True, by_alias=True)
    return Rhythm(
        name,
        dict(written.asks),
        {**defaults.at, **written.at},
        {
            wave: rules.model_copy(update=_said(written.waves.get(wave)))
            for wave, rules in defaults.waves.items()
        },
        Ladders.model_validate({**defaults.reminders.model_dump(by_alias=True), **changed}),
    )


def _said(part: _PartOfWave | None) -> dict[str, int]:
    return {} if part is None else part.model_dump(exclude_none=True)


def _wrong_names(written: _File) -> Iterator[_Fault]:
    kinds = {f"interventions -> {kind}": name for kind, name in written.interventions.items()}
    for where, name in {"otherwise": written.otherwise, **kinds}.items():
        if name not in written.rhythms:
            cause = f"it uses the rhythm {name!r}, which is not under `rhythms`"
            remedy = f"Use one of {', '.join(sorted(written.rhythms)) or 'those that you write'}"
            yield _Fault(where, cause, remedy)


def _wrong_rules(rhythms: Mapping[str, Rhythm]) -> Iterator[_Fault]:
    for rhythm in rhythms.values():
        asked = {ask for each in rhythm.asks.values() for ask in each}
        for ask in sorted(asked, key=lambda each: (each.wave, each.every_weeks or 0)):
            yield from _wrong_wave(rhythm, ask)


def _wrong_wave(rhythm: Rhythm, ask: Ask) -> Iterator[_Fault]:
    """Yield what cannot work in the wave of this ask, with all defaults filled in."""
    rules, place = rhythm.waves[ask.wave], f"rhythms -> {rhythm.name}"
    where = f"{place} -> waves -> {ask.wave.value}"
    if rules.late_days > rules.window_days:
        cause = f"late_days is {rules.late_days}, longer than the window of {rules.window_days}"
        yield _Fault(where, f"{cause}: nobody could answer in time", "Make late_days shorter")
    if rules.late_days < _DAYS_A_WEEK:
        cause = "late_days is less than 7, so whoever chose weekends could be asked too late"
        yield _Fault(where, cause, "Make late_days 7 or longer")
    if ask.every_weeks is not None and rules.window_days > ask.every_weeks * _DAYS_A_WEEK:
        cause = f"the window of {rules.window_days} days outlasts the {ask.every_weeks} weeks"
        remedy = "Make window_days shorter or every_weeks longer"
        yield _Fault(where, f"{cause} to the next review, so two would be open at once", remedy)
    for name, ladder in rhythm.reminders.model_dump(by_alias=True).items():
        if sum(ladder) >= rules.window_days:
            cause = (
                f"the reminders come after {sum(ladder)} days, and the window of "
                f"{ask.wave.value} closes after {rules.window_days}"
            )
            remedy = "Make the ladder shorter or window_days longer"
            yield _Fault(f"{place} -> reminders -> {name}", cause, remedy)


def check_names(file: str, rhythms: Rhythms, known: Iterable[str]) -> None:
    """Raise BadDefinition where the file leaves out a kind of support, or names one we do not have.

    known: all kinds of support, by the names that staff use.
    """
    kinds = set(known)
    unknown = sorted(set(rhythms.interventions) - kinds)
    if unknown:
        cause = f"there is no such kind of support: {', '.join(unknown)}"
        remedy = f"Use one of {', '.join(sorted(kinds))}"
        raise BadDefinition(file, "interventions", cause, remedy)
    missing = sorted(kinds - set(rhythms.interventions))
    if missing:
        cause = f"these kinds of support have no rhythm: {', '.join(missing)}"
        remedy = "Write a line for each, with the name of a rhythm"
        raise BadDefinition(file, "interventions", cause, remedy)


@cache
def packaged_rhythms() -> Rhythms:
    """Return the rhythms that come with the program. Raises BadDefinition."""
    return read_rhythms(FILE, files("followups").joinpath(FILE).read_text(encoding="utf-8"))

"""The ladder: who is told of an alert, by which ways, and how long each rung has, from YAML.

It must not read a clock or tell anybody: it speaks of rungs, ways and minutes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from storage.alerts import AlertKind, Route
from surveys.definition_text import explain, read_definition
from surveys.errors import BadDefinition
from usecases.letters import read_address

FILE: Final = "ladder.yaml"
_REMEDY: Final = "Write it like the packaged usecases/ladder.yaml"
_MOST_BYTES: Final = 1_000_000
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Rung(StrEnum):
    """Who is told, bottom to top."""

    WORKER = "worker"
    DUTY = "duty"
    LEAD = "safeguarding-lead"
    MANAGER = "on-call-manager"


RUNGS: Final = tuple(Rung)
_LEAD_AND_UP: Final = frozenset({Rung.LEAD, Rung.MANAGER})


class Pressing(StrEnum):
    """How pressing an alert is: each has times of its own."""

    CRISIS = "crisis"
    CARER = "carer"
    CONCERN = "concern"
    PERSON = "person"
    HELP = "help"
    MEDIA = "media"
    DRILL = "drill"


_PRESSING: Final[Mapping[AlertKind, Pressing]] = {
    AlertKind.CONCERN: Pressing.CONCERN,
    AlertKind.CARER: Pressing.CARER,
    AlertKind.NOT_UNDERSTOOD: Pressing.CONCERN,
    AlertKind.WANTS_PERSON: Pressing.PERSON,
    AlertKind.ANOTHER: Pressing.PERSON,
    AlertKind.HELP_NOW: Pressing.HELP,
    AlertKind.MEDIA: Pressing.MEDIA,
    AlertKind.MATCHER: Pressing.CARER,
    AlertKind.OVERDUE: Pressing.CARER,
    AlertKind.STUCK: Pressing.CARER,
    AlertKind.WISHES: Pressing.CONCERN,
    AlertKind.DRILL: Pressing.DRILL,
}


def pressing(kind: AlertKind, level: str) -> Pressing:
    """Return how pressing an alert is: a crisis always is, but for a carer at breaking point.

    That is a path of its own: a person within the hour in duty time.
    """
    if level == Pressing.CRISIS.value and kind is not AlertKind.CARER:
        return Pressing.CRISIS
    return _PRESSING[kind]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WayKind(StrEnum):
    """How a notice travels."""

    EMAIL = "email"
    CHAT = "chat"
    WEBHOOK = "webhook"


def _split_way(written: object) -> object:
    """Return `{email: ...}` as kind and address."""
    if isinstance(written, dict) and len(written) == 1:
        ((kind, address),) = written.items()
        return {"kind": kind, "address": address}
    msg = "a way is one of email, chat or webhook, with where to"
    raise ValueError(msg)


class Way(_Strict):
    """One way to reach somebody; the address may hold a secret and is never shown."""

    kind: WayKind
    address: str = Field(repr=False)

    @model_validator(mode="after")
    def _must_be_reachable(self) -> Self:
        if self.kind is WayKind.EMAIL:
            if read_address(self.address) is None:
                msg = "this is no e-mail address"
                raise ValueError(msg)
            return self
        parts = urlsplit(self.address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        if not (safe and parts.hostname):
            msg = "this must be an address that begins with https://"
            raise ValueError(msg)
        return self

    @property
    def channel(self) -> str:
        """The name of this way in the database: it tells the kind, and not the address."""
        mark = hashlib.blake2b(self.address.encode(), digest_size=6, person=b"starling-way")
        return f"{self.kind.value}-{mark.hexdigest()}"


Ways = tuple[Annotated[Way, BeforeValidator(_split_way)], ...]


class Told(_Strict):
    """Who stands on one rung: shared ways, and people by the names with which they sign in."""

    ways: Ways = ()
    people: dict[str, Ways] = Field(default_factory=dict)


class Times(_Strict):
    """Minutes for one kind of pressing: in all, and for each rung."""

    counts: Literal["clock", "duty"]
    within: int = Field(gt=0, le=10_080)
    minutes: dict[Rung, Annotated[int, Field(gt=0, le=10_080)]]

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, written: object) -> object:
        """Take the rungs' minutes, which stand beside the others in the file."""
        if not isinstance(written, dict):
            return written
        rungs = {rung.value: written[rung.value] for rung in Rung if rung.value in written}
        rest = {name: value for name, value in written.items() if name not in rungs}
        return {**rest, "minutes": rungs}

    @field_validator("minutes")
    @classmethod
    def _must_know_every_rung(cls, given: dict[Rung, int]) -> dict[Rung, int]:
        missing = [rung.value for rung in Rung if rung not in given]
        if missing:
            msg = f"the minutes for {', '.join(missing)} are missing"
            raise ValueError(msg)
        return given

    def on(self, rung: Rung) -> timedelta:
        """Return how long this rung has."""
        return timedelta(minutes=self.minutes[rung])

    @property
    def at_most(self) -> timedelta:
        """How long it may take until somebody has it in hand."""
        return timedelta(minutes=self.within)


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"

    @property
    def number(self) -> int:
        """0 for Monday, as dates count."""
        return list(Weekday).index(self)


def _read_time(written: object) -> time:
    if not isinstance(written, str) or not _TIME.fullmatch(written):
        msg = 'a time of day stands in quotes, like "10:00"'
        raise ValueError(msg)
    return time.fromisoformat(written)


class Drill(_Strict):
    """When the weekly drill is due, on the clock of the service's zone."""

    weekday: Weekday
    at: Annotated[time, BeforeValidator(_read_time)]


def _read_drill(written: object) -> object:
    return None if written is False or written == "off" else written  # YAML reads off as false


class Ladder(_Strict):
    """Who is told, in which order, by which ways, and how long each has."""

    version: Literal[1]
    rungs: dict[Rung, Told]
    times: dict[Pressing, Times]
    drill: Annotated[Drill | None, BeforeValidator(_read_drill)]

    @model_validator(mode="after")
    def _must_be_whole(self) -> Self:
        missing = [rung.value for rung in Rung if rung not in self.rungs]
        missing += [each.value for each in Pressing if each not in self.times]
        if missing:
            msg = f"{', '.join(missing)} is missing"
            raise ValueError(msg)
        if self.rungs[Rung.WORKER].ways:
            msg = "workers are told one by one: name them under people"
            raise ValueError(msg)
        return self

    @property
    def reached(self) -> tuple[Rung, ...]:
        """The rungs on which anybody can be reached other than by the staff page."""
        return tuple(rung for rung in RUNGS if self._all_ways(rung))

    @property
    def kinds(self) -> frozenset[WayKind]:
        """The kinds of ways that anybody is told by."""
        return frozenset(way.kind for rung in RUNGS for way in self._all_ways(rung))

    def _all_ways(self, rung: Rung) -> list[Way]:
        told = self.rungs[rung]
        return [*told.ways, *(way for ways in told.people.values() for way in ways)]

    def stops(self, route: Route, workers: Collection[str]) -> tuple[Rung, ...]:
        """Return the rungs that an alert goes up, given the child's own workers.

        Kept from the workers: theirs is left out, and each rung on which they stand alone. The
        last rung is never left out: then only the staff page shows it to others.
        """
        if route is Route.ALL:
            return RUNGS
        allowed = _LEAD_AND_UP if route is Route.LEAD_ONLY else frozenset(RUNGS) - {Rung.WORKER}
        names = {_plain(name) for name in workers}
        stops = [rung for rung in RUNGS if rung in allowed and not self._is_only(rung, names)]
        return tuple(stops) or (Rung.MANAGER,)

    def _is_only(self, rung: Rung, names: Collection[str]) -> bool:
        people = {_plain(name) for name in self.rungs[rung].people}
        return bool(people) and people <= set(names)

    def ways(self, rung: Rung, route: Route, workers: Collection[str] | None) -> Mapping[str, Way]:
        """Return how a rung is told, by the name of each way; `workers` None for a drill: all."""
        told = self.rungs[rung]
        names = {_plain(name) for name in workers or ()}
        found = list(told.ways)
        for name, ways in told.people.items():
            theirs = _plain(name) in names
            if rung is Rung.WORKER:
                wanted = workers is None or (theirs and route is Route.ALL)
            else:
                wanted = route is Route.ALL or not theirs
            found.extend(ways if wanted else ())
        if route is not Route.ALL:
            found = [way for way in found if way.channel not in self._channels_of(names)]
        return {way.channel: way for way in found}

    def _channels_of(self, names: Collection[str]) -> set[str]:
        """Return the ways that belong to these people, on whatever rung they stand."""
        return {
            way.channel
            for told in self.rungs.values()
            for name, ways in told.people.items()
            if _plain(name) in names
            for way in ways
        }


def _plain(name: str) -> str:
    return name.strip().casefold()


def read_ladder(file: str, text: str) -> Ladder:
    """Return the ladder that this YAML text defines. Raises BadDefinition, without any address."""
    content = read_definition(file, text)
    try:
        return Ladder.model_validate(content)
    except ValidationError as error:
        raise explain(file, error, _REMEDY) from None


def load_ladder(path: Path | None) -> Ladder:
    """Return a service's own ladder, or the packaged one. Raises BadDefinition."""
    if path is None:
        return packaged_ladder()
    try:
        raw = path.read_bytes()
        if len(raw) > _MOST_BYTES:
            cause = "it is too long for a ladder"
            raise BadDefinition(path.name, "the file", cause, _REMEDY)
        text = raw.decode()
    except (OSError, UnicodeDecodeError):
        remedy = "Make it a readable text file in UTF-8, or take STARLING_ALERTS_FILE away"
        raise BadDefinition(path.name, "the file", "it cannot be read", remedy) from None
    return read_ladder(path.name, text)


@cache
def packaged_ladder() -> Ladder:
    """Return the ladder that comes with the program: nobody is told but by the staff page."""
    return read_ladder(FILE, files("usecases").joinpath(FILE).read_text(encoding="utf-8"))

"""Where somebody can get help at once: checked numbers by age; it decides nothing about danger.

It must not be silent about age: every line carries the day on which its number was last checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationError,
    model_validator,
)

from surveys.definition_text import explain, read_definition
from surveys.instrument import Slug, Words
from surveys.people import AgeBand, Role, Voice
from surveys.wording import Kind, Sentence

HELPLINES_FILE = "helplines.yaml"

LONGEST_UNVERIFIED = timedelta(days=180)
"""A number that nobody has checked for longer than this may be wrong or dead."""

Number = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9 ]{1,14}[0-9]$")]


class Way(StrEnum):
    """How a line is reached."""

    CALL = "call"
    TEXT = "text"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Helpline(_Frozen):
    """One place to turn to: its name, how to reach it, and what to know about it.

    `keyword` is the word that somebody texts. `ages` are the bands to which it is shown. A
    `proper_name` is said as it is: it cannot be put in plainer words.
    """

    id: Slug
    name: Words
    proper_name: bool = False
    way: Way
    number: Number
    keyword: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,12}$")] | None = None
    about: Words
    ages: Annotated[frozenset[AgeBand], Field(min_length=1)]
    verified_on: date
    source: HttpUrl

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if (self.way is Way.TEXT) is (self.keyword is None):
            msg = f"{self.id}: a line that is texted has a keyword, and no other line has one"
            raise ValueError(msg)
        return self

    @property
    def link(self) -> str:
        """The address that a phone dials or texts (not allowed on Telegram's buttons)."""
        return dial_link(self.way, self.number)


class DutyLine(_Frozen):
    """The service's own phone for adults around a child; its number is a setting."""

    name: Words
    about: Words


class Helplines(_Frozen):
    """All lines, in the order in which they are shown: 999 first."""

    lines: Annotated[tuple[Helpline, ...], Field(min_length=1)]
    duty: DutyLine

    @model_validator(mode="after")
    def _serve_everybody(self) -> Self:
        ids = [line.id for line in self.lines]
        if len(set(ids)) != len(ids):
            msg = "two lines have the same id"
            raise ValueError(msg)
        first = self.lines[0]
        if first.number != "999" or first.ages != frozenset(AgeBand):
            msg = "the first line is 999, for every age"
            raise ValueError(msg)
        return self

    def suited_to(self, role: Role, age_band: AgeBand) -> tuple[Helpline, ...]:
        """Return the lines to show to somebody, in order.

        A young person in the adult band is somebody whose age we do not know: they see all.
        """
        if role is Role.YOUNG_PERSON and age_band is AgeBand.ADULT:
            return self.lines
        return tuple(line for line in self.lines if age_band in line.ages)

    def stale(self, today: date) -> tuple[Helpline, ...]:
        """Return the lines that nobody has checked for too long, or that claim a day to come."""
        return tuple(
            line
            for line in self.lines
            if not timedelta(0) <= today - line.verified_on <= LONGEST_UNVERIFIED
        )

    def sentences(self) -> Iterator[Sentence]:
        """Yield the words of our own that participants can see, in each voice."""
        for line in self.lines:
            words = (line.about,) if line.proper_name else (line.name, line.about)
            yield from _sentences(line.id, words, _voices(line.ages))
        yield from _sentences("duty", (self.duty.name, self.duty.about), (Voice.ADULT,))


def dial_link(way: Way, number: str) -> str:
    """Return the tel: or sms: address of a number."""
    scheme = "tel" if way is Way.CALL else "sms"
    return f"{scheme}:{number.replace(' ', '')}"


def _voices(ages: Iterable[AgeBand]) -> tuple[Voice, ...]:
    """Return the voices in which somebody of these ages is spoken to."""
    young = {AgeBand.FIVE_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN}
    found = set(ages)
    return tuple(
        voice
        for voice, bands in (
            (Voice.YOUNGER, young),
            (Voice.OLDER, set(AgeBand) - young),
            (Voice.ADULT, {AgeBand.ADULT}),
        )
        if found & bands
    )


def _sentences(name: str, words: Iterable[Words], voices: Iterable[Voice]) -> Iterator[Sentence]:
    for voice in voices:
        for part in words:
            yield Sentence(f"helplines/{name} ({voice})", voice, part.speak(voice), Kind.PART)


def read_helplines(text: str) -> Helplines:
    """Return the lines in this YAML text; raises BadDefinition naming the place and the cause."""
    content = read_definition(HELPLINES_FILE, text)
    try:
        return Helplines.model_validate(content)
    except ValidationError as error:
        raise explain(HELPLINES_FILE, error, "Write it like the lines beside it") from error


@cache
def helplines() -> Helplines:
    """Return the packaged lines, read on first use; raises BadDefinition when they are broken."""
    return read_helplines(files("surveys").joinpath(HELPLINES_FILE).read_text(encoding="utf-8"))

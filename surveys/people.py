"""Who may answer and in which voice we speak to them; holds no person and no wording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Role(StrEnum):
    """The part somebody plays around a child: it decides what we ask them."""

    YOUNG_PERSON = "young-person"
    CARER = "carer"
    PROFESSIONAL = "professional"


class AgeBand(StrEnum):
    """Age of a young person in the coarsest bands that still decide the voice and the channel."""

    FIVE_TO_SEVEN = "5-7"
    EIGHT_TO_ELEVEN = "8-11"
    TWELVE_TO_FIFTEEN = "12-15"
    SIXTEEN_TO_SEVENTEEN = "16-17"
    EIGHTEEN_TO_TWENTY_FIVE = "18-25"
    ADULT = "adult"


class Suits(StrEnum):
    """The part of the week in which somebody wants to be asked; without one, any time is fine."""

    AFTER_SCHOOL = "after-school"
    EVENING = "evening"
    WEEKEND = "weekend"


class Sharing(StrEnum):
    """What somebody wishes to become of words of their own.

    Whoever looks after safety reads all words; this is about everybody else. `keep`: nobody else
    reads them. `worker`: their own worker may. `without-name`: they may be told on without a name.
    """

    KEEP = "keep"
    WORKER = "worker"
    WITHOUT_NAME = "without-name"


@dataclass(frozen=True, slots=True)
class OwnTime:
    """What decides at which times somebody may be asked, and what they chose about it themselves.

    `council` names whose school terms count, None where nobody knows. `at_most_days` is how many
    days lie between two askings at least: 1 is the most often that anybody is asked.
    """

    age_band: AgeBand
    council: str | None = None
    suits: Suits | None = None
    at_most_days: int = 1


class Voice(StrEnum):
    """How a sentence is worded: for 11 and under, for 12 and over, for adults around a child."""

    YOUNGER = "younger"
    OLDER = "older"
    ADULT = "adult"


def voice_for(role: Role, age_band: AgeBand) -> Voice:
    """Return the voice in which we speak to somebody of this role and age."""
    match role:
        case Role.YOUNG_PERSON:
            young = (AgeBand.FIVE_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN)
            return Voice.YOUNGER if age_band in young else Voice.OLDER
        case Role.CARER | Role.PROFESSIONAL:
            return Voice.ADULT
        case _:
            assert_never(role)


def may_use_telegram(role: Role, age_band: AgeBand) -> bool:
    """Tell whether Telegram's own minimum age (16 in the UK) lets this person use it.

    Anything that is not clearly 16 or over is refused.
    """
    old_enough = (
        AgeBand.SIXTEEN_TO_SEVENTEEN,
        AgeBand.EIGHTEEN_TO_TWENTY_FIVE,
        AgeBand.ADULT,
    )
    return role is not Role.YOUNG_PERSON or age_band in old_enough

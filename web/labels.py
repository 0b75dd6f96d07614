"""How staff pages name what is stored: plain words for every value, and lists to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from outcomes.episode import AgeBand as ChildAge
from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from surveys.people import AgeBand, Role
from usecases.inviting import INTERVENTIONS

E = TypeVar("E", bound=StrEnum)

_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "derby-city": "Derby City",
        "derbyshire-county": "Derbyshire County",
        "direct": "Direct work with the child",
        "carers": "Work with carers",
        "consultation": "Consultation",
        "foster": "Foster home",
        "kinship": "Kinship care or special guardianship",
        "residential": "Residential home",
        "birth-family": "Birth family",
        "semi-independent": "Semi-independent",
        "planned": "Planned ending",
        "disengaged": "Stopped coming",
        "moved": "Moved away",
        "declined": "Did not want support",
        "transferred": "Handed over to another service",
        "young-person": "Young person",
        "carer": "Carer",
        "professional": "Professional",
        "adult": "Adult",
        "ddp": "DDP",
        "theraplay": "Theraplay",
        "media-came": "Sent a picture, voice message or file (not kept)",
        "wants-person": "Wants to talk to somebody",
        "wants-another-person": "Wants to talk to somebody, and not to their worker",
        "asked-for-help": "Looked at Help now",
        "stopped": "Stopped for good",
        "blocked": "Blocked the chat: messages do not arrive",
        "undeliverable": "A message could not be delivered",
        "unclear-delivery": "Unclear whether a message arrived",
        "not-asked": "Was not asked in time",
        "restored": "A backup was restored: look at the messages that were set aside",
        "crisis": "Crisis",
        "carer-breaking-point": "Carer at breaking point",
        "not-understood": "Not understood by our rules",
        "help-now": "Looked at Help now",
        "matcher-fails": "Our own rules do not work",
        "words-overdue": "Words wait too long",
        "updates-stuck": "Something that was sent could not be taken in",
        "wishes-due": "Somebody is owed an answer soon",
        "not-worker": "Not their worker",
        "lead-only": "Safeguarding lead only",
        "duty": "Duty",
        "worker": "Worker",
        "safeguarding-lead": "Safeguarding lead",
        "on-call-manager": "On-call manager",
        "concern": "Concern",
        "staff": "Everything but the audit (staff of a small service)",
        "check-in": "Check-in",
        "star": "Star",
        "carer-star": "Carer star",
        "adult-view": "Adult view",
        "invited": "invited",
        "reading": "reading about us",
        "joined": "joined",
        "not-now": "not now",
        "3-months": "3 months after",
        "6-months": "6 months after",
    }
)


def name_of(value: str) -> str:
    """Return how staff read a stored value."""
    return _NAMES.get(value) or value.replace("-", " ").capitalize()


def choices(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return values with their names, for a list to choose from."""
    return [(str(value), name_of(str(value))) for value in values]


COMMISSIONERS: Final = choices(Commissioner)
STRANDS: Final = choices(Strand)
SUPPORT: Final = choices(INTERVENTIONS)
HOMES: Final = choices(Lives)
REASONS: Final = choices(CloseReason)
ROLES: Final = choices(Role)
AGE_BANDS: Final = [(str(band), str(band)) for band in AgeBand if band is not AgeBand.ADULT]
CHILD_AGES: Final = [
    (band.value, f"{band.value} years") for band in ChildAge if band is not ChildAge.NOT_KNOWN
]
"""Ages as figures group them, on the day on which support began."""


def pick(kind: type[E], written: str) -> E | None:
    """Return the value that a form names, or None for one that is not on the list."""
    return kind(written) if written in [str(each) for each in kind] else None


def read_child_age(form: Mapping[str, str]) -> ChildAge | None:
    """Return the age of the child that a form names, or None where nobody knows it."""
    written = form.get("child_age", "")
    return pick(ChildAge, written) if written in dict(CHILD_AGES) else None

"""What we tell somebody about quiet and about when we ask, by meaning; no sentence stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from surveys.conversation import Run
from surveys.people import OwnTime
from usecases.arrival import MenuWish


class Quiet(StrEnum):
    """Whether we keep quiet now, by somebody's own wish."""

    NO = "no"
    BREAK = "break"
    STOPPED = "stopped"


class Resting(StrEnum):
    """How long we keep quiet."""

    WEEK = "week"
    MONTH = "month"
    FOR_GOOD = "for-good"


@dataclass(frozen=True, slots=True)
class HowLongToRest:
    """They want a pause: how long?"""


@dataclass(frozen=True, slots=True)
class SureToStop:
    """They want to stop for good: one look before it is done, and what it means."""


@dataclass(frozen=True, slots=True)
class RestBegun:
    """We keep quiet from now on."""

    how: Resting


@dataclass(frozen=True, slots=True)
class QuietUntil:
    """We keep quiet until this moment, given in the person's own zone; nothing waits for it."""

    until: datetime


@dataclass(frozen=True, slots=True)
class WelcomeBack:
    """They came back; nothing is held against anybody."""


@dataclass(frozen=True, slots=True)
class OwnTimeShown:
    """When may we ask, and how often at most? With what holds now."""

    own: OwnTime


@dataclass(frozen=True, slots=True)
class OwnTimeSet:
    """They chose when they are asked: what holds now, and the wish that changes it back.

    `undo` is None where it was like this already. `resting`: a break stands beside it.
    `can_go_on`: a run waits with its place kept.
    """

    own: OwnTime
    undo: MenuWish | None
    resting: bool = False
    can_go_on: Run | None = None

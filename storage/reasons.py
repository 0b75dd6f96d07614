"""Why staff hold back, forget, refuse or keep; without imports, as every command reads it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why nobody asks them: what staff may say about it, and nothing more."""

    BEREAVEMENT = "bereavement"
    COURT = "court"
    ADOPTION = "adoption"
    ASKED_TO_STOP = "asked-to-stop"
    DECEASED = "deceased"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why a record must stay as it is."""

    POLICE = "police"
    COURT = "court"
    INQUIRY = "inquiry"
    COMPLAINT = "complaint"
    CLAIM = "claim"


class WhyForgotten(StrEnum):
    """Why somebody was forgotten."""

    THEIR_WISH = "their-wish"
    COURT = "court"
    MISTAKE = "invited-by-mistake"
    RETENTION = "time-is-over"
    RESTORED = "done-again-after-a-restore"


class WhyRefused(StrEnum):
    """Why a wish was refused; each is told to the person in plain words."""

    LEGAL_HOLD = "legal-hold"
    OPEN_CONCERN = "open-concern"
    MUST_STAY = "record-must-stay"
    NOT_THEIRS = "about-somebody-else"
    RIGHT_AS_IT_IS = "right-as-it-is"
    COULD_HARM = "could-harm"
    CHANGED_MIND = "changed-their-mind"


class AgreedBy(StrEnum):
    """Who agreed."""

    YOUNG_PERSON = "young-person"
    PARENT = "parent"
    COUNCIL = "council"
    THEMSELVES = "themselves"
    """A carer or a professional, for themselves."""


class Understands(StrEnum):
    """Whether the young person understands what they take part in."""

    YES = "yes"
    PARTLY = "partly"
    NOT_YET = "not-yet"
    GROWN_UP = "grown-up"
    """Not a question: a grown-up answers for themselves."""

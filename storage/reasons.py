"""Why staff let nobody ask somebody; it must stay without imports, as every command reads it."""

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

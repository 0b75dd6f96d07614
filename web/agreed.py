"""Reads from a form who agreed that somebody takes part; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from usecases.agreeing import Agreed, AgreedBy, Understands
from usecases.refusal import Refusal
from web.labels import pick


def read_agreed(form: Mapping[str, str]) -> Agreed | None:
    """Return what a form says; None where it says nothing. Raises Refusal for half an answer."""
    agreed_by = pick(AgreedBy, form.get("agreed_by", ""))
    understands = pick(Understands, form.get("understands", ""))
    if agreed_by is AgreedBy.THEMSELVES:
        understands = Understands.GROWN_UP
    if agreed_by is None and understands is None:
        return None
    if agreed_by is None or understands is None:
        msg = "Say both: who agreed, and whether the young person understands."
        raise Refusal(msg)
    try:
        day = date.fromisoformat(form.get("agreed_on", ""))
    except ValueError:
        msg = "Give the day on which it was agreed."
        raise Refusal(msg) from None
    return Agreed(agreed_by, understands, day)

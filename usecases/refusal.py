"""What staff are told when something cannot be done: the cause and the remedy, in one sentence."""

from __future__ import annotations


class Refusal(Exception):
    """Something that was asked for cannot be done: the message says why, and what to do."""

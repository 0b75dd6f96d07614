"""The faults of the follow-ups: what the program asked wrongly, never what a person did."""

from __future__ import annotations


class FollowupFault(Exception):
    """Root of every exception that the follow-ups raise."""


class NotPutOff(FollowupFault):
    """A reply to an offer that names no other moment was asked for one."""

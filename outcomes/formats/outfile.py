"""Holds one file to hand out; it neither makes nor stores it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutFile:
    """One file to hand out: lower-case name without a folder, media type and content."""

    name: str
    media_type: str
    content: bytes

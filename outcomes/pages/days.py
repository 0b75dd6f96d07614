"""Writes days in English, whatever language the machine speaks; it knows no clock."""

from __future__ import annotations

from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def write_day(day: date) -> str:
    """Write `4 December 2026`."""
    return f"{day.day} {write_month(day)}"


def write_month(day: date) -> str:
    """Write `December 2026`."""
    return f"{_MONTHS[day.month - 1]} {day.year}"

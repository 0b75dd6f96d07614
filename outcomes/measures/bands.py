"""Knows the bands of an imported questionnaire total; it holds no question and scores nobody."""

from __future__ import annotations

from enum import StrEnum

from outcomes.errors import BadFactsError

_HIGHEST = 40


class Band(StrEnum):
    """The three bands of the total of a Strengths and Difficulties Questionnaire, best first.

    They are those that the Department for Education prints for children in care.
    """

    NORMAL = "0-13"
    BORDERLINE = "14-16"
    CAUSE_FOR_CONCERN = "17-40"


_TOP_OF = ((13, Band.NORMAL), (16, Band.BORDERLINE), (_HIGHEST, Band.CAUSE_FOR_CONCERN))


def band_of(total: int) -> Band:
    """Give the band of a total. Raises `BadFactsError` unless it is from 0 to 40."""
    if total >= 0:
        for top, band in _TOP_OF:
            if total <= top:
                return band
    message = f"an imported total of {total} is outside 0 to {_HIGHEST}; correct it"
    raise BadFactsError(message)

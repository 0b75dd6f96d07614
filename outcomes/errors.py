"""Names every fault of this package; carries no figure, no answer and no name in its words."""

from __future__ import annotations


class OutcomesError(Exception):
    """Something about the figures is wrong; nothing is published until it is put right."""


class BadQuarterError(OutcomesError):
    """The text is not a quarter of a financial year such as 2026/27-Q3."""


class BadFactsError(OutcomesError):
    """A fact about a support episode or an answer contradicts itself; no figure rests on it."""


class BadMeasureError(OutcomesError):
    """The definition of a measure contradicts itself or asks for something that is not built."""


class PolicyRefusedError(OutcomesError):
    """The disclosure policy asks for a protection that is not built, so nothing is published."""


class ReleaseRefusedError(OutcomesError):
    """The audit could not show that every protected count stays hidden, so nothing is published.

    `reasons` are sentences for a data manager; they name no protected number.
    """

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        """Keep the reasons apart from the message."""
        super().__init__(message)
        self.reasons = reasons


class NotProtectedError(OutcomesError):
    """Somebody tried to build published figures, or write raw ones, around `protect()`."""


class BadReleaseError(OutcomesError):
    """The stored text is not a release, or it was changed after it was compiled."""


class UnsafeCellError(OutcomesError):
    """A text would be read as a formula by a spreadsheet, so the file is not written."""

"""What a case reference and a worker's sign-in name may look like: never a person's own name.

It must not know a child or a worker.
"""

from __future__ import annotations

import re
from typing import Final

from usecases.refusal import Refusal

_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{1,39}")
_WORKER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{1,39}")
_DATE: Final = re.compile(
    r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](\d{2}|\d{4})(?!\d)"
    r"|(?<!\d)\d{1,2}_\d{1,2}_(19|20)\d{2}(?!\d)"
    r"|(?<!\d)(19|20)\d{2}[/._-](0?[1-9]|1[0-2])[/._-](0?[1-9]|[12]\d|3[01])(?!\d)"
)


def check_case_reference(case: str) -> str:
    """Return a case reference as it is stored; raise Refusal for what looks like a person."""
    tidy = case.strip()
    if not _REFERENCE.fullmatch(tidy):
        msg = (
            "This does not look like a case reference. Use letters, digits and - _ / . only, "
            "without spaces. Never a name or an address."
        )
        raise Refusal(msg)
    if _DATE.search(tidy):
        msg = "This looks like a date. Use the case reference, never a date of birth."
        raise Refusal(msg)
    if not any(char.isdigit() for char in tidy) and not tidy.isupper():
        msg = "This looks like a name. A case reference has a digit, or capital letters only."
        raise Refusal(msg)
    return tidy


def check_worker(worker: str) -> str:
    """Return how staff call a worker, as it is stored; raise Refusal for anything longer."""
    tidy = worker.strip()
    if not _WORKER.fullmatch(tidy):
        msg = (
            "This does not look like a worker's sign-in name. Use 2 to 40 letters, digits, dots "
            "and dashes without spaces, such as a.worker."
        )
        raise Refusal(msg)
    return tidy

"""What an e-mail of ours is, how it leaves, and what an address looks like; sends nothing itself.

It must not hold anybody's words: a letter has a subject and a body from the phrasebook, no more.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

LONGEST_ADDRESS: Final = 254
"""Characters of an address at most (RFC 5321, 4.5.3.1.3, less the brackets)."""

_LONGEST_LOCAL: Final = 64

# One address as people write it: no name, no brackets, no comment, no line's end, ASCII only. So
# it stands in a header as it is, and no second header can be hidden in it.
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


class Fate(StrEnum):
    """What became of a letter.

    `sent`: a mail server took it. `refused`: there is no such address, for good. `not-sent`:
    anything else; nobody knows whether it arrives, and it is not sent again.
    """

    SENT = "sent"
    REFUSED = "refused"
    NOT_SENT = "not-sent"


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail in plain text; to whom it goes is never shown."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


Post = Callable[[Letter], Awaitable[Fate]]
"""Sends one letter within ten seconds and says what became of it; raises nothing."""


def read_address(typed: str) -> str | None:
    """Return the one e-mail address that somebody typed, or None where it is none."""
    address = typed.strip()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        return None
    return address if len(address.partition("@")[0]) <= _LONGEST_LOCAL else None

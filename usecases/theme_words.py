"""What may stand as a theme or as what was done about it: plain words that a young child can read.

It knows no theme that there is and stores nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from surveys.people import Voice
from surveys.wording import Kind, check
from usecases.refusal import Refusal

LONGEST_TITLE: Final = 34
LONGEST_REPLY: Final = 300
_LONGEST_SLUG: Final = 40

_TITLE: Final = re.compile(r"[^\W\d_][^\W\d_ ,'’-]*(?:[ ,'’-]+[^\W\d_]+)*", re.UNICODE)
_SHAPE: Final = (
    f"A theme is a few plain words, without digits: 3 to {LONGEST_TITLE} letters, such as “Seeing "
    "my family”."
)
_EMPTY: Final = f"Say in plain words what was done, in at most {LONGEST_REPLY} characters."
_READ_BY_ALL: Final = "Everybody reads this, young children too."


def check_title(title: str) -> str:
    """Return a title in its tidy form. Raises Refusal for what is not a few plain words."""
    tidy = " ".join(title.split())
    tidy = tidy[:1].upper() + tidy[1:]
    if not (3 <= len(tidy) <= LONGEST_TITLE and _TITLE.fullmatch(tidy)):  # noqa: PLR2004 - "Dad"
        raise Refusal(_SHAPE)
    _refuse_hard_words(tidy, Kind.BUTTON)
    return tidy


def slug_of(title: str) -> str:
    """Return the short name of a title: small plain letters and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    parts = re.findall(r"[a-z]+", plain.replace("'", ""))
    return "-".join(parts)[:_LONGEST_SLUG].strip("-") or "theme"


def check_reply(did: str) -> str:
    """Return what was done in its tidy form. Raises Refusal with every word that is too hard."""
    tidy = " ".join(did.split())
    if not 0 < len(tidy) <= LONGEST_REPLY:
        raise Refusal(_EMPTY)
    _refuse_hard_words(tidy, Kind.PART)
    return tidy


def _refuse_hard_words(text: str, kind: Kind) -> None:
    """Refuse what a young child could not read, by the rules for every sentence that we say."""
    remedies = dict.fromkeys(each.remedy for each in check(text, Voice.YOUNGER, "", kind))
    if remedies:
        raise Refusal(" ".join([_READ_BY_ALL, *(f"{each}." for each in remedies)]))

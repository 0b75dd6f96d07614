"""What may stand as a theme or as what was done about it: plain words that a young child can read.

It knows no theme that there is and stores nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from surveys.people import Voice
from surveys.reading import is_plain, split_sentences
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
_LIKE_NAMES: Final = (
    "Everybody reads this, so it must name no person, no place and no school. Look again at: "
    "{words}."
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_OFTEN_WRITTEN_BIG: Final = """
i i'm i'll i've i'd a ok tv qr uk nhs telegram internet wi fi english
mum dad nan nana gran grandma grandad god christmas easter eid diwali ramadan halloween
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
fridays saturdays sundays
january february march april may june july august september october november december
"""
_NO_NAMES: Final = frozenset(_OFTEN_WRITTEN_BIG.split())
"""Words that are written with a capital and name nobody."""
_STARTS: Final = frozenset(
    {"there", "here", "then", "from", "since", "with", "both", "these", "those", "each", "after"}
)
"""Small words at the start of a sentence that are too small for the list of plain words."""
_BEGINS: Final = "Begin with a letter or a number."
_READ_BY_ALL: Final = "Everybody reads this, young children too."


class NamesSomebody(Refusal):
    """Words for everybody seem to name a person or a place; who wrote them must look again."""


def check_title(title: str) -> str:
    """Return a title in its tidy form. Raises Refusal for what is not a few plain words."""
    tidy = " ".join(title.split())
    tidy = tidy[:1].upper() + tidy[1:]
    if not (3 <= len(tidy) <= LONGEST_TITLE and _TITLE.fullmatch(tidy)):  # noqa: PLR2004 - "Dad"
        raise Refusal(_SHAPE)
    _refuse_hard_words(tidy, Kind.BUTTON)
    if found := names_in(tidy[:1].lower() + tidy[1:]):
        raise NamesSomebody(_said_of(found))
    return tidy


def slug_of(title: str) -> str:
    """Return the short name of a title: small plain letters and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    parts = re.findall(r"[a-z]+", plain.replace("'", ""))
    return "-".join(parts)[:_LONGEST_SLUG].strip("-") or "theme"


def check_reply(did: str, *, names_nobody: bool = False) -> str:
    """Return what was done in its tidy form.

    names_nobody: somebody looked at it and says that it names no person and no place.
    Raises Refusal with every word that is too hard, NamesSomebody where words look like names.
    """
    tidy = " ".join(did.split())
    if not 0 < len(tidy) <= LONGEST_REPLY:
        raise Refusal(_EMPTY)
    if not tidy[0].isalnum() and tidy[0] not in "“‘\"'":
        raise Refusal(_BEGINS)  # a spreadsheet would work out what begins with such a sign
    _refuse_hard_words(tidy, Kind.PART)
    found = names_in(tidy)
    if found and not names_nobody:
        raise NamesSomebody(_said_of(found))
    return tidy


def names_in(text: str) -> tuple[str, ...]:
    """Return the words that look like the name of a person, a place or a school.

    Those are words with a capital inside a sentence, and ones at its start that are no everyday
    word. It knows no names, so it warns of too much and cannot see a name in small letters.
    """
    found: dict[str, None] = {}
    for sentence in split_sentences(text.replace("’", "'")):
        for place, match in enumerate(_WORD.finditer(sentence)):
            word = match.group().removesuffix("'s")
            starts = place == 0 and (is_plain(word) or word.lower() in _STARTS)
            if word[0].isupper() and word.lower() not in _NO_NAMES and not starts:
                found[word] = None
    return tuple(found)


def _said_of(found: tuple[str, ...]) -> str:
    return _LIKE_NAMES.format(words=", ".join(f"“{each}”" for each in found))


def _refuse_hard_words(text: str, kind: Kind) -> None:
    """Refuse what a young child could not read, by the rules for every sentence that we say."""
    remedies = dict.fromkeys(each.remedy for each in check(text, Voice.YOUNGER, "", kind))
    if remedies:
        raise Refusal(" ".join([_READ_BY_ALL, *(f"{each}." for each in remedies)]))

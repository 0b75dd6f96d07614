"""What made-up staff see in what made-up young people write, and what they do about it.

It draws by chance and reads no sense into any words; nothing here was ever said by anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Final

from storage import themes
from storage.casework import Casework
from storage.words import WordsToRead
from usecases import theming
from usecases.inviting import By
from usecases.service import Service
from usecases.theming import Sorting

DONE: Final = (
    ("Waiting too long", 9, "We now see you within two weeks, not six."),
    ("Seeing my family", 8, "You can now see your family here on Saturdays, too."),
    ("Having a say", 7, "Two young people now help to choose who works here."),
    ("School", 6, "We now talk with your school, if you want us to."),
    ("Sleep", 5, "We bought night lights. You can take one home."),
    ("Brothers and sisters", 3, "You can now bring your brothers and sisters along."),
    ("The waiting room", 2, "We bought new sofas for the waiting room."),
    ("Getting here", 1, "We now pay for the bus at once."),
)
"""Made-up themes, how often each comes up beside the others, and what was done about it."""

_TITLES: Final = [title for title, _, _ in DONE]
_OFTEN: Final = [often for _, often, _ in DONE]


def listen_in(
    service: Service, work: Casework, unread: Sequence[WordsToRead], now: datetime
) -> None:
    """Sort words that are read now; on the first of a month, say what was done about a theme.

    It can be done again without harm. Words get the same themes whenever they are looked at.
    """
    by = By("made-up staff", now)
    young = themes.from_young_people(work.connection, [each.id for each in unread])
    for each in unread:
        if each.id in young:
            for title in themes_in(each):
                theming.sort_in(work, each.id, Sorting(new=title), by)
    day = service.rhythm.local(now).date()
    if day.day == 1:
        title, _, did = DONE[day.month % len(DONE)]
        slug = theming.add_in(work, title, by, use_known=True)
        theming.reply_in(work, slug, did, day, by)


def themes_in(words: WordsToRead) -> list[str]:
    """Return the titles that made-up staff see in words: none, one or two."""
    mark = f"{words.received_at.isoformat()} {words.text}".encode()
    chance = Random(blake2b(mark, digest_size=8).digest())
    count = chance.choices((0, 1, 2), weights=(4, 5, 1))[0]
    return sorted(set(chance.choices(_TITLES, weights=_OFTEN, k=count)))

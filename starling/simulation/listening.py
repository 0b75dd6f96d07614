"""What made-up staff see in what made-up young people write, and what they do about it.

It draws by chance and reads no sense into any words; nothing here was ever said by anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from random import Random
from typing import Final

from storage import sharing, themes
from storage.casework import Casework
from storage.words import WordsToRead
from surveys.people import Sharing
from usecases import theming
from usecases.inviting import By
from usecases.service import Service
from usecases.theming import Sorting

THEMES: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "Waiting too long": (
        9,
        (
            "We now see you within two weeks, not six.",
            "You can now phone and ask how long it will be.",
        ),
    ),
    "Seeing my family": (8, ("You can now see your family here on Saturdays, too.",)),
    "Having a say": (7, ("Two young people now help to choose who works here.",)),
    "School": (6, ("We now talk with your school, if you want us to.",)),
    "Sleep": (5, ("We bought night lights. You can take one home.",)),
    "Brothers and sisters": (3, ("You can now bring your brothers and sisters along.",)),
    "The waiting room": (2, ("We bought new sofas for the waiting room.",)),
    "Getting here": (1, ("We now pay for the bus at once.",)),
}
"""Made-up themes: how often each comes up beside the others, and what is done about it in turn."""

_DONE: Final = {title: done for title, (_, done) in THEMES.items()}
_OFTEN: Final = [often for often, _ in THEMES.values()]


def listen_in(
    service: Service, work: Casework, unread: Sequence[WordsToRead], now: datetime
) -> None:
    """Sort words that were read now; on the first of a month, say what was done about a theme.

    Made-up young people let all their words be told without a name.

    It can be done again without harm. Words get the same themes whenever they are looked at.
    """
    by = By("made-up staff", now)
    young = themes.from_young_people(work.connection, [each.id for each in unread])
    for each in unread:
        if each.id in young:
            sharing.choose(work, each.id, Sharing.WITHOUT_NAME, now)
            for title in themes_in(each):
                theming.sort_in(work, each.id, Sorting(new=title), by)
    day = service.rhythm.local(now).date()
    if day.day == 1:
        _answer_in(work, day, by)


def _answer_in(work: Casework, day: date, by: By) -> None:
    """Do something about the theme that waits longest and about which something can be done."""
    replies = themes.standing_replies(work.connection)
    if any(each.day == day for each in replies):
        return
    said = {(each.theme_id, each.did) for each in replies}
    raised = themes.count_raised(work.connection, by.now)
    waiting = [
        (since, each.slug, did)
        for each in themes.list_all(work.connection)
        if (since := raised.get(each.id, themes.NEVER_RAISED).waiting_since) is not None
        for did in _DONE.get(each.title, ())
        if (each.id, did) not in said
    ]
    if waiting:
        _, slug, did = min(waiting, key=lambda each: each[:2])
        theming.reply_in(work, slug, did, day, by)


def themes_in(words: WordsToRead) -> list[str]:
    """Return the titles that made-up staff see in words: none, one or two."""
    mark = f"{words.received_at.isoformat()} {words.text}".encode()
    chance = Random(blake2b(mark, digest_size=8).digest())
    count = chance.choices((0, 1, 2), weights=(4, 5, 1))[0]
    return sorted(set(chance.choices(list(THEMES), weights=_OFTEN, k=count)))

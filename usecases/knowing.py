"""What we know of somebody, in short, and their wish to see it, to correct it or be forgotten.

It must not hand out anything, correct or forget: it notes the wish, and staff answer it in time.
"""

from __future__ import annotations

from typing import Final

from storage import goals, runs, words
from storage.people import Person
from surveys.conversation import WordsId
from usecases import stopping, wishes
from usecases.desk import Desk
from usecases.theirs import (
    AboutMe,
    ForgettingNoted,
    SeeingNoted,
    SureToForget,
    WrongNoted,
    WrongWanted,
)
from usecases.wishes import WishKind

WRONG: Final = "wrong"
"""What a message awaits that asks what is wrong in what we know."""


def show(desk: Desk, person: Person) -> None:
    """Say in short what we know, with the way to all of it."""
    answered = [each for each in runs.of_participant(desk.work, person.id) if each.run.answers]
    desk.say(
        AboutMe(
            answered=len(answered),
            written=len(words.of_participant(desk.work, person.id)),
            goals=len(goals.of_participant(desk.work, person.id)),
            link=f"{desk.service.public_url}/chat/mine",
        )
    )


def see_all(desk: Desk, person: Person) -> None:
    """Note that they want to see everything."""
    noted = wishes.note_wish(desk.work, person, WishKind.SEE, desk.now)
    desk.say(SeeingNoted(noted.due_on))


def ask_what_is_wrong(desk: Desk, person: Person) -> None:
    """Ask for the words that say what is wrong."""
    del person
    desk.say(WrongWanted())


def note_wrong(desk: Desk, person: Person, words_id: WordsId) -> None:
    """Note that something is wrong; the words that say what are kept already."""
    noted = wishes.note_wish(desk.work, person, WishKind.FIX, desk.now, words_id)
    desk.say(WrongNoted(noted.due_on, words_id))


def ask_whether_to_forget(desk: Desk, person: Person) -> None:
    """Ask once whether they are sure, with what goes and what has to stay."""
    del person
    desk.say(SureToForget())


def forget(desk: Desk, person: Person) -> None:
    """Note that they want to be forgotten, and ask nothing any more from now on."""
    stopping.stop(desk, person)
    noted = wishes.note_wish(desk.work, person, WishKind.FORGET, desk.now)
    desk.say(ForgettingNoted(noted.due_on))

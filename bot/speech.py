"""What every message is made of: words in the listener's voice, rows of buttons, an urgency.

It must not hold a sentence, decide what is told, or know a channel's wire format.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.callbacks import join_data, menu_data, sharing_data
from bot.question_face import Faces
from storage.outbox import Button, Outgoing, OutgoingKind, Urgency
from surveys.conversation import WordsId
from surveys.helplines import Helplines
from surveys.people import AgeBand, Role, Sharing
from surveys.phrasebook import Phrasebook
from usecases.arrival import Channel, JoinReply, MenuWish
from usecases.telling import Listener

Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """One listener, and all that is needed to speak to them.

    `duty_number` is the service's own phone for adults, where it has one; `duty` from when to when
    people are there on a working day. `tapped` says that a
    button brought this about; `hushed` that a person has to read something first, so that nothing
    is asked and nothing is finished with a flourish; `promised` that we are telling them anyway
    that somebody will talk with them; `received` that we are telling them that words were kept.
    """

    listener: Listener
    book: Phrasebook
    faces: Faces
    lines: Helplines
    duty_number: str | None
    duty: tuple[time, time]
    tapped: bool = False
    hushed: bool = False
    promised: bool = False
    received: bool = False

    def say(self, key: str, **values: str | int) -> str:
        """Return a phrase in the listener's voice."""
        return self.book.say(key, self.listener.voice, **values)

    @property
    def stranger(self) -> bool:
        """Whether we do not know who this is: nobody in the team is theirs."""
        role, age_band = self.listener.role, self.listener.age_band
        return role is Role.YOUNG_PERSON and age_band is AgeBand.ADULT

    @property
    def on_telegram(self) -> bool:
        """Whether a company outside keeps a copy of what is said."""
        return self.listener.channel is Channel.TELEGRAM

    def button(self, key: str, data: str) -> Button:
        """Return a button with the words of `buttons.key`."""
        return Button(self.say(f"buttons.{key}"), data)

    def wish(self, key: str, wish: MenuWish) -> Button:
        """Return a button for something that can be wished at any moment."""
        return self.button(key, menu_data(wish))

    def ticked(self, button: Button) -> Button:
        """Return the same button with a tick: this is how it is now."""
        return Button(self.say("buttons.chosen", choice=button.label), button.data)

    def join(self, key: str, reply: JoinReply) -> Button:
        """Return a button on the pages before joining."""
        return self.button(key, join_data(reply))

    @property
    def help_now(self) -> Button:
        """The button that leads to help from anywhere."""
        return self.wish("help-now", MenuWish.HELP)

    @property
    def who_sees(self) -> Button:
        """The button that says who can see what, beside help on every screen."""
        return self.wish("who-sees-it", MenuWish.WHO_SEES)

    @property
    def exits(self) -> Row:
        """The way on from a message that asks nothing."""
        if self.stranger:
            return (self.who_sees, self.help_now)
        return (self.wish("menu", MenuWish.MENU), self.who_sees, self.help_now)

    def choose_readers(self, words: WordsId) -> Button:
        """Return the button that brings up the choice who else may read these words."""
        return self.button("who-may-read", sharing_data(words))

    def sharing(self, words: WordsId, chosen: Sharing | None = None) -> tuple[Row, ...]:
        """Return the choices who else may read these words, one a row; a tick on what holds."""
        buttons = [
            (each, self.button(_SHARING[each], sharing_data(words, each))) for each in Sharing
        ]
        return tuple(
            (self.ticked(button) if each is chosen else button,) for each, button in buttons
        )


_SHARING: Final = {
    Sharing.KEEP: "keep-it",
    Sharing.WORKER: "worker-may",
    Sharing.WITHOUT_NAME: "without-name",
}


def tell(text: str, *rows: Row, urgency: Urgency = Urgency.REPLY) -> Outgoing:
    """Return a new message. Without rows it may be joined with what follows it."""
    return Outgoing(OutgoingKind.SEND, text, rows, urgency)


def put_buttons_away() -> Outgoing:
    """Return the edit that leaves the words of the tapped message and takes its buttons.

    An edit without text changes the buttons only.
    """
    return Outgoing(OutgoingKind.EDIT_TAPPED, "")

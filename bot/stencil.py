"""What an offer looks like to everybody who is made the same one: worked out once, then reused.

It must not know who is asked; only the buttons that answer carry the occasion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.callbacks import offer_prefix
from storage.outbox import Button, Outgoing, OutgoingKind, Urgency
from usecases.arrival import OccasionId

Plain = tuple[str, str]
"""A button's label and the end of its data, which begins with the occasion."""

Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Stencil:
    """A message without the occasion that its answers carry: it is the same for many people."""

    kind: OutgoingKind
    text: str
    urgency: Urgency
    answers: tuple[tuple[Plain, ...], ...]
    rest: tuple[Row, ...]

    @classmethod
    def of(cls, message: Outgoing, occasion: OccasionId) -> Self:
        """Take the occasion out of its offer; the rows that do not answer it are the last ones."""
        prefix = offer_prefix(occasion)
        answers = [row for row in message.rows if any(_carries(each, prefix) for each in row)]
        return cls(
            message.kind,
            message.text,
            message.urgency,
            tuple(
                tuple((each.label, each.data.removeprefix(prefix)) for each in row)
                for row in answers
            ),
            message.rows[len(answers) :],
        )

    def fill(self, occasion: OccasionId) -> Outgoing:
        """Return the offer of one occasion; UnfitForButton for an id that does not fit."""
        prefix = offer_prefix(occasion)
        answers = [
            tuple([Button(label, prefix + ending) for label, ending in row]) for row in self.answers
        ]
        return Outgoing(self.kind, self.text, (*answers, *self.rest), self.urgency)


def _carries(button: Button, prefix: str) -> bool:
    return button.data.startswith(prefix)

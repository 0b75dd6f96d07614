"""What the made-up world remembers of what it did and saw, for the sums at the end.

It must not look into the database: it is the other side of the account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from starling.simulation.pretend import PUT_OFF, Pretend
from storage.outbox import OutgoingKind, Sending, Urgency
from usecases.arrival import Arrival, MenuInput, MenuWish, OccasionInput

_WAYS_BACK = (MenuWish.COME_BACK, MenuWish.WHATS_NEXT, MenuWish.MENU)


@dataclass(slots=True)
class Watch:
    """What people did that lets them be asked once more, and what they saw that they should not.

    `invited` are all who were invited. `put_off` counts by occasion how often somebody chose
    another moment, `anew` by participant how often they came back or were brought back. `problems`
    are sentences about what must not be.
    """

    invited: set[str] = field(default_factory=set)
    put_off: Counter[str] = field(default_factory=Counter)
    anew: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _newest: dict[str, int] = field(default_factory=dict)

    def note_said(self, person: Pretend, arrival: Arrival) -> None:
        """Note what somebody sends."""
        match arrival.what:
            case OccasionInput(occasion, reply) if reply in PUT_OFF:
                self.put_off[occasion] += 1
            case MenuInput(wish) if wish in _WAYS_BACK:
                self.anew[person.participant] += 1
            case _:
                pass

    def note_seen(self, person: Pretend, sendings: Iterable[Sending]) -> None:
        """Note what somebody sees: first tries of new messages come in the order of making."""
        for sending in sendings:
            if sending.outgoing.urgency is Urgency.ASKING:
                self._check_asking(person)
            if sending.attempts > 1 or sending.outgoing.kind is not OutgoingKind.SEND:
                continue
            if sending.id <= self._newest.get(person.participant, 0):
                self.problems.append("Messages reached somebody out of order.")
            self._newest[person.participant] = sending.id

    def _check_asking(self, person: Pretend) -> None:
        if person.held:
            self.problems.append("Somebody was asked whom staff hold back.")
        if person.left:
            self.problems.append("Somebody was asked who had left.")
        if person.stopped:
            self.problems.append("Somebody was asked who had stopped.")

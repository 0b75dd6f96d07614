"""One person served inside one transaction: what is known of them, and what we do and say.

It must not send anything: what is said leaves after the commit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from storage import outbox, people, runs
from storage.casework import Casework
from storage.outbox import Outgoing, Sending, Urgency
from storage.people import AtTheDoor, Person
from storage.runs import StoredRun
from surveys.conversation import RunStatus
from surveys.instrument import Instrument, InstrumentRef
from surveys.people import AgeBand, Role, Voice
from usecases.arrival import Channel, Knock
from usecases.presence import Presence, look_for_team
from usecases.service import Service
from usecases.telling import Listener, Telling


@dataclass(slots=True)
class Desk:
    """The place where one arrival is dealt with.

    `say` gathers what we tell; `close` turns it into messages in the same transaction.
    """

    service: Service
    work: Casework
    door: AtTheDoor
    now: datetime
    knock: Knock | None = None
    person: Person | None = None
    run: StoredRun | None = None
    told: list[Telling] = field(default_factory=list)
    occasion_told: str | None = None

    @classmethod
    def open(
        cls, service: Service, work: Casework, door: AtTheDoor, now: datetime, knock: Knock | None
    ) -> Desk:
        """Sit down with somebody who is at the door."""
        return cls(service, work, door, now, knock, door.person, door.run)

    @property
    def channel(self) -> Channel:
        """Over which door they speak."""
        return Channel(self.door.address.channel)

    @property
    def listener(self) -> Listener:
        """How we speak to them; somebody unknown is spoken to plainly."""
        if self.person is None:
            return Listener(Role.YOUNG_PERSON, AgeBand.ADULT, Voice.OLDER, self.channel)
        person = self.person
        return Listener(person.role, person.age_band, person.voice, self.channel)

    @property
    def standing_run(self) -> StoredRun | None:
        """The run that waits for them, open or resting; None when there is none."""
        if self.run is None or self.run.run.status.over:
            return None
        return self.run

    @property
    def open_run(self) -> StoredRun | None:
        """The run whose question stands now."""
        run = self.standing_run
        return run if run is not None and run.run.status is RunStatus.OPEN else None

    @property
    def team(self) -> Presence:
        """Whether people of the team are there now."""
        return look_for_team(self.service.rhythm, self.now)

    def instrument(self, ref: InstrumentRef) -> Instrument:
        """Return the exact version that a run is pinned to."""
        return self.service.catalogue.get(ref)

    def say(self, *tellings: Telling) -> None:
        """Tell them something."""
        self.told.extend(tellings)

    def close(self) -> list[Sending]:
        """Put what was said into words and queue it for sending."""
        tapped = self.knock is not None and self.knock.message_id is not None
        messages = self.service.render(self.told, self.listener, tapped=tapped)
        if self.knock is not None:  # they asked for it: it is no asking of ours
            messages = tuple(map(_as_reply, messages))
        return outbox.queue(
            self.work,
            self.door.address,
            messages,
            self.now,
            tapped_message=self.knock.message_id if self.knock is not None else None,
            occasion_id=self.occasion_told,
        )


def _as_reply(message: Outgoing) -> Outgoing:
    is_asking = message.urgency is Urgency.ASKING
    return replace(message, urgency=Urgency.REPLY) if is_asking else message


def open_desk_for(
    service: Service, work: Casework, participant_id: str, now: datetime
) -> Desk | None:
    """Sit down for somebody who did not write just now; None where they cannot be reached."""
    person = people.load_person(work, participant_id)
    address = people.reach(work, participant_id) if person is not None else None
    if person is None or address is None:
        return None
    run = runs.load(work, person.current_run) if person.current_run else None
    desk = Desk(service, work, AtTheDoor(address, person, None), now)
    desk.person = person
    desk.run = run
    return desk

"""What made-up staff do about support: open, close and open it again, move people, hold them back.

Each is an order that may be carried out a second time, because whoever did it died meanwhile: what
was done already is found and not done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from starling.simulation.orders import BY, Report
from storage import episodes, invitations, partings
from storage.casework import Casework, Connection
from surveys.people import AgeBand, Role
from usecases import inviting, moving, reopening, suppressing, transcribing
from usecases.arrival import Channel
from usecases.inviting import By, Closing, EpisodeOnList, Invitee, NewEpisode
from usecases.moving import EpisodeChange
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.suppressing import Reason

SECOND: Final = "other made-up staff"
"""Who takes the second look before somebody is asked again."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A child whose support begins, and who answers around it, each over which channel."""

    episode: NewEpisode
    answering: tuple[tuple[Role, AgeBand, Channel], ...]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who was invited: the code of their link, and their browser where they use one."""

    participant: str
    code: str
    visitor: int | None


@dataclass(frozen=True, slots=True)
class Welcomed:
    """A support episode that was opened, and those who were invited to answer, in order."""

    episode: str
    guests: tuple[Guest, ...]


@dataclass(frozen=True, slots=True)
class Welcome:
    """Open support episodes and invite people, all in one transaction.

    Done again, it finds what was opened by its case reference and makes new invitations only.
    """

    now: datetime
    reports: tuple[Report, ...]
    newcomers: tuple[Newcomer, ...]

    async def carry_out(self, service: Service, *, again: bool) -> list[Welcomed]:
        """Return what was opened, in the order in which it was asked for."""
        listed = await inviting.list_episodes(service) if again else []
        known = {each.case: each for each in listed}
        invited = await service.lane.write(partial(self._invite, service, known))
        found = []
        for newcomer, (episode, people) in zip(self.newcomers, invited, strict=True):
            guests = [
                await _let_in(service, *person, channel, self.now)
                for (_role, _band, channel), person in zip(newcomer.answering, people, strict=True)
            ]
            found.append(Welcomed(episode, tuple(guests)))
        return found

    def _invite(
        self, service: Service, known: dict[str, EpisodeOnList], connection: Connection
    ) -> list[tuple[str, list[tuple[str, str]]]]:
        work = service.open(connection)
        found = []
        for newcomer in self.newcomers:
            listed = known.get(newcomer.episode.case)
            if listed is not None:
                found.append((listed.episode.id, _invite_anew(work, newcomer, listed, self.now)))
            else:
                found.append(self._open(service, work, newcomer))
        return found

    def _open(
        self, service: Service, work: Casework, newcomer: Newcomer
    ) -> tuple[str, list[tuple[str, str]]]:
        by = By(BY, self.now)
        episode = inviting.open_in(service, work, newcomer.episode, by)
        invited = [
            inviting.invite_in(service, work, Invitee(episode, role, band), by)
            for role, band, _channel in newcomer.answering
        ]
        return episode, [(each.participant, each.code) for each in invited]


@dataclass(frozen=True, slots=True)
class Close:
    """Close support episodes; one that is closed already stays as it is."""

    now: datetime
    reports: tuple[Report, ...]
    closings: tuple[tuple[str, Closing], ...]

    async def carry_out(self, service: Service, *, again: bool) -> int:
        """Return how many were closed."""
        del again

        def work(connection: Connection) -> int:
            casework = service.open(connection)
            closed = 0
            for number, closing in self.closings:
                episode = episodes.load(casework, number)
                if episode is not None and episode.closed_on is None:
                    inviting.close_in(service, casework, number, closing, By(BY, self.now))
                    closed += 1
            return closed

        return await service.lane.write(work)


@dataclass(frozen=True, slots=True)
class ChangeSupport:
    """Another commissioner, another home or another worker from today on."""

    now: datetime
    reports: tuple[Report, ...]
    episode: str
    change: EpisodeChange

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Note it; noted twice it changes nothing the second time."""
        del again
        day = service.rhythm.local(self.now).date()
        await moving.change(service, self.episode, self.change, day, By(BY, self.now))


@dataclass(frozen=True, slots=True)
class ChangeCarer:
    """A move: one carer is asked nothing more about this child, and another one is invited."""

    now: datetime
    reports: tuple[Report, ...]
    episode: str
    carer: str
    channel: Channel

    async def carry_out(self, service: Service, *, again: bool) -> Guest:
        """Return the new carer."""
        del again
        participant, code = await service.lane.write(partial(self._move, service))
        return await _let_in(service, participant, code, self.channel, self.now)

    def _move(self, service: Service, connection: Connection) -> tuple[str, str]:
        work, by = service.open(connection), By(BY, self.now)
        if partings.answers_here(work, self.carer, self.episode):
            moving.leave_in(service, work, self.episode, self.carer, by)
            invitee = Invitee(self.episode, Role.CARER)
            invited = inviting.invite_in(service, work, invitee, by)
            return invited.participant, invited.code
        here = episodes.participations_of(work, self.episode)
        (new,) = (each.participant_id for each in here if each.role == Role.CARER.value)
        code = invitations.make(work, new, self.now).code
        work.flush()
        return new, code


@dataclass(frozen=True, slots=True)
class Reopen:
    """Support goes on after all."""

    now: datetime
    reports: tuple[Report, ...]
    episode: str

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Take its end back."""
        try:
            await reopening.reopen(service, self.episode, By(BY, self.now))
        except Refusal:
            if not again:
                raise


@dataclass(frozen=True, slots=True)
class Hold:
    """Let nobody ask somebody, or a whole household, until it is lifted."""

    now: datetime
    reports: tuple[Report, ...]
    participant: str
    reason: Reason
    household: bool

    async def carry_out(self, service: Service, *, again: bool) -> tuple[str, tuple[str, ...]]:
        """Return the id of the action and whom it holds."""
        if again:
            for held in await suppressing.list_held(service):
                if self.participant in held.action.people:
                    return held.action.action_id, tuple(held.action.people)
        by = By(BY, self.now)
        done = await suppressing.suppress(
            service, self.participant, self.reason, by, household=self.household
        )
        return done.action_id, tuple(each.participant_id for each in done.people)


@dataclass(frozen=True, slots=True)
class Lift:
    """Let those who are held be asked again: one asks for it, another one does it."""

    now: datetime
    reports: tuple[Report, ...]
    action: str

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Lift it."""
        try:
            await suppressing.ask_to_lift(service, self.action, By(BY, self.now))
            await suppressing.lift(
                service,
                self.action,
                By(SECOND, self.now),
                confirmation=suppressing.CONFIRMATION,
            )
        except Refusal:
            if not again:
                raise


def _invite_anew(
    work: Casework, newcomer: Newcomer, listed: EpisodeOnList, now: datetime
) -> list[tuple[str, str]]:
    """Make new invitations: the codes of the first ones died with the process that made them."""
    by_role = {each.role: each.participant_id for each in listed.people}
    people = [by_role[role.value] for role, _band, _channel in newcomer.answering]
    found = [(each, invitations.make(work, each, now).code) for each in people]
    work.flush()
    return found


async def _let_in(
    service: Service, participant: str, code: str, channel: Channel, now: datetime
) -> Guest:
    """Give a browser to somebody who uses the web chat."""
    visitor = None
    if channel is Channel.WEB:
        visitor, _secret = await transcribing.new_visitor(service, now)
    return Guest(participant, code, visitor)

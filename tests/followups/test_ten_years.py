"""Ten years of random lives in three zones: whatever happens, nothing is lost, nobody pressed.

People answer, put off, rest, choose their own time, block and stop; staff move, hold back and let
in again; support ends and begins anew; the program stands still, starts again, and its clock jumps
forwards and back. Time goes from one moment at which something is due to the next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from followups.occasions import fire_due
from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from storage import tables
from storage.occasions import Occasion, OccasionState
from storage.outbox import Delivery, OutgoingKind, Sending, Sent, Urgency
from surveys.people import AgeBand, OwnTime, Role, Suits
from tests.followups.street import Neighbour, Street
from usecases import inviting, moving, reopening, sending, suppressing
from usecases.arrival import CodeInput, JoinInput, JoinReply, MenuInput, MenuWish, OfferReply
from usecases.inviting import By, Closing, Invitee, NewEpisode
from usecases.service import Service
from usecases.suppressing import Reason
from usecases.transcribing import new_visitor

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BEGINS = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
ENDS = datetime(2036, 9, 1, 12, 0, tzinfo=UTC)
OVER = ENDS + 300 * DAY
"""Six months after the last support ended, and the window of the last asking."""

ONE, TWO = "one worker", "another worker"
LATER = (OfferReply.IN_AN_HOUR, OfferReply.TONIGHT, OfferReply.TOMORROW, OfferReply.NEXT_WEEK)
SUITS = {
    MenuWish.SUITS_AFTER_SCHOOL: Suits.AFTER_SCHOOL,
    MenuWish.SUITS_EVENING: Suits.EVENING,
    MenuWish.SUITS_WEEKEND: Suits.WEEKEND,
    MenuWish.SUITS_ANY_TIME: None,
}
OFTEN = {MenuWish.OFTEN_EVERY_TIME: 1, MenuWish.OFTEN_ONE_WEEK: 7, MenuWish.OFTEN_TWO_WEEKS: 14}
NEVER_ASKED = (time(21, 0), time(9, 0))
"""Whatever the files of hours say: nobody is asked after nine in the evening or before nine."""

_cases = count(1)


@dataclass
class Resident:
    """One person, what they and staff did, and what the clock may therefore not do."""

    home: Neighbour
    role: Role
    own: OwnTime
    chance: Random
    case: str
    open_episode: str | None = None
    again_at: datetime = ENDS
    resting_until: datetime = BEGINS
    stopped: bool = False
    blocked: bool = False
    held_by: str | None = None
    away: bool = False
    asked: list[tuple[datetime, str]] = field(default_factory=list)
    chose: Counter[str] = field(default_factory=Counter)
    back: int = 0
    disturbed: set[str] = field(default_factory=set)
    newest: int = 0

    def hears(self, service: Service, out: Sending, now: datetime, *, again: bool) -> None:
        """Check that this may be asked now; `again`: it was offered before."""
        on = out.occasion_id
        assert on is not None
        local = service.rhythm.local(now)
        assert NEVER_ASKED[1] <= local.time() <= NEVER_ASKED[0], "in the night"
        chosen = again and (self.chose[on] or self.back or self.resting_until > BEGINS)
        own = replace(self.own, suits=None) if chosen else self.own
        assert service.rhythm.allowed(own, now) == now, "in quiet hours, or when it does not suit"
        assert now >= self.resting_until, "while they rest"
        assert not self.stopped, "after they stopped"
        assert not self.blocked, "after they blocked us"
        assert self.held_by is None, "while staff hold it back"
        self._check_distance(service, on, local.date())
        self.asked.append((now, on))
        times = sum(1 for _, which in self.asked if which == on)
        assert times <= 3 + self.chose[on] + self.back, "too often about one thing"

    def _check_distance(self, service: Service, on: str, today: date) -> None:
        for at, which in self.asked[-6:]:
            days = abs((today - service.rhythm.local(at).date()).days)
            if which != on:
                assert days >= self.own.at_most_days, "two things, sooner than they wanted"
            elif not self.chose[on] and not self.back:
                assert days >= self.own.at_most_days, "reminded sooner than they wanted"

    def sees(self, out: Sending) -> None:
        """Check that what is said comes in the order in which it was made."""
        assert out.id > self.newest, "out of order"
        self.newest = out.id


@dataclass
class Decade:
    """Ten years of some people around one database."""

    street: Street
    chance: Random
    residents: list[Resident] = field(default_factory=list)
    starts: int = 1

    async def live(self) -> None:
        """Live until every window is over, with the program started anew now and then."""
        now = BEGINS
        async with self.street.open() as service:
            for role, age in (
                (Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN),
                (Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN),
                (Role.CARER, AgeBand.ADULT),
            ):
                self.residents.append(await self._come(service, role, age, now))
        while now < OVER:
            self.starts += 1
            self.street = Street(self.street.url, self.starts, self.street.zone)
            async with self.street.open() as service:
                for each in self.residents:
                    each.home.service = service
                now = await self._run(service, now, now + self.chance.randint(20, 200) * DAY)
            now += DAY * self.chance.choice((0, 0, 0, 1, 3, 16))  # nobody runs the program
        async with self.street.open() as service:
            await self._check_ends(service)

    async def _run(self, service: Service, now: datetime, until: datetime) -> datetime:
        """Go from one moment at which something is due to the next."""
        while now < min(until, OVER):
            due = await service.lane.read(
                lambda rows: rows.execute(select(func.min(tables.occasions.c.next_at))).scalar()
            )
            jitter = HOUR * self.chance.choice((0, 0, 0.01, 0.4, 2, 7)) * self.chance.random()
            soon = now + DAY * self.chance.choice((0.3, 2, 9))
            then = max(now + HOUR / 60, min(soon, due + jitter if due is not None else soon))
            now = then.replace(microsecond=0)
            if self.chance.random() < 0.01:  # the clock is wrong for a while
                wrong = now + HOUR * self.chance.choice((-3, -1, 1, 26))
                await self._ring(service, wrong)
                await self._ring(service, wrong + HOUR / 4)
            await self._ring(service, now)
        if self.chance.random() < 0.2:  # it is set right while nobody runs the program
            await self._ring(service, now + 26 * HOUR)
        return now

    async def _ring(self, service: Service, now: datetime) -> None:
        """Ring the bells once; then people do something about it, or something else."""
        outs = [
            *await sending.claim_due(service, now),
            *await sending.repair(service, now),
            *await fire_due(service, now),
        ]
        by_chat = {each.home.chat: each for each in self.residents}
        asked = [each for each in outs if _is_asking(each)]
        for out in outs:
            if out.attempts == 1 and out.outgoing.kind is OutgoingKind.SEND:
                by_chat[out.chat_id].sees(out)
        for out in asked:
            who = by_chat[out.chat_id]
            who.own = (await who.home.person()).own_time
            about = await who.home.occasion_by(out.occasion_id or "")
            assert about.offered_at is not None
            who.hears(service, out, now, again=about.offered_at < now)
            assert not (who.away and about.episode_id == who.open_episode), "after they left"
        self._report(service, outs, now)
        for out in asked:
            await self._reply(service, by_chat[out.chat_id], out, now)
        for each in self.residents:
            await self._wander(service, each, now)
            await self._support_goes_on(service, each, now)

    def _report(self, service: Service, outs: list[Sending], now: datetime) -> None:
        """Say what became of messages; now and then nobody knows, or nobody says so."""
        known = [each for each in outs if self.chance.random() > 0.02]
        results = [
            Sent(each.id, Delivery.UNKNOWN)
            if self.chance.random() < 0.02
            else Sent(each.id, Delivery.SENT, each.id)
            for each in known
        ]
        sending.record(service, results, now)

    # --- people -----------------------------------------------------------------------------

    async def _reply(self, service: Service, who: Resident, out: Sending, now: datetime) -> None:
        """Do something about an asking, or nothing."""
        home, kind = who.home, self.chance.random()
        assert out.occasion_id is not None
        occasion = await home.occasion_by(out.occasion_id)
        if kind < 0.3:
            return
        if kind < 0.4:
            said = await home.replies(occasion, OfferReply.NOT_THIS_TIME, now)
        elif kind < 0.6:
            said = await home.replies(occasion, self.chance.choice(LATER), now)
            who.chose[occasion.id] += 1
        else:
            said = await self._answer(who, occasion, out, now)
        for each in said:
            if each.outgoing.kind is OutgoingKind.SEND:
                who.sees(each)
        self._report(service, said, now)

    async def _answer(
        self, who: Resident, occasion: Occasion, out: Sending, now: datetime
    ) -> list[Sending]:
        """Begin, or go on, and answer some of it or all."""
        home = who.home
        if occasion.state is OccasionState.ANSWERING:
            shown = await home.taps(out, "carry on", now)
        else:
            shown = await home.replies(occasion, OfferReply.START, now)
        said = list(shown)
        for _ in range(self.chance.choice((0, 2, 12))):
            news = [each for each in shown if each.outgoing.kind is OutgoingKind.SEND]
            if not news or (await home.occasion_by(occasion.id)).state.over:
                break
            shown = await home.taps(news[-1], "skip", now)
            said += shown
        return said

    async def _wander(self, service: Service, who: Resident, now: datetime) -> None:
        """Now and then rest, choose another time, block, stop, or come back."""
        kind = self.chance.random()
        if kind > (0.1 if who.stopped or who.blocked else 0.02):
            return
        if who.stopped:
            await self._wishes(who, MenuWish.COME_BACK, now)
            who.stopped, who.resting_until = False, now
            who.back += 1
        elif who.blocked:
            who.blocked = False
            await sending.note_blocked(service, "web", who.home.chat, now, blocked=False)
        elif kind < 0.006:
            await self._wishes(who, MenuWish.PAUSE_A_WEEK, now)
            who.resting_until = now + 7 * DAY
        elif kind < 0.014:
            await self._choose_time(who, self.chance.choice([*SUITS, *OFTEN]), now)
        elif kind < 0.018:
            who.blocked = True
            await sending.note_blocked(service, "web", who.home.chat, now, blocked=True)
        else:
            await self._wishes(who, MenuWish.STOP_ALL_SURELY, now)
            who.stopped = True
            self._disturb(who)

    async def _choose_time(self, who: Resident, wish: MenuWish, now: datetime) -> None:
        await self._wishes(who, wish, now)
        own = (await who.home.person()).own_time
        assert own.suits == SUITS.get(wish, own.suits)
        assert own.at_most_days == OFTEN.get(wish, own.at_most_days)

    async def _wishes(self, who: Resident, wish: MenuWish, now: datetime) -> None:
        """Whoever says something lets us in again."""
        for each in await who.home.does(MenuInput(wish), now):
            if each.outgoing.kind is OutgoingKind.SEND:
                who.sees(each)
        who.blocked = False

    # --- staff ------------------------------------------------------------------------------

    async def _come(self, service: Service, role: Role, age: AgeBand, now: datetime) -> Resident:
        chat, _ = await new_visitor(service, now)
        home = Neighbour(service, "", [], chat)
        who = Resident(home, role, OwnTime(age), self.chance, f"T-{next(_cases)}")
        await self._begin_support(service, who, now)
        return who

    async def _begin_support(self, service: Service, who: Resident, now: datetime) -> None:
        """Open support for the same child again and let the same person in."""
        kinds = sorted(inviting.INTERVENTIONS)
        new = NewEpisode(
            who.case,
            Commissioner.DERBY_CITY,
            Strand.DIRECT,
            self.chance.choice(kinds),
            Lives.FOSTER,
            service.rhythm.local(now).date(),
        )
        by = By(ONE, now)
        who.open_episode = await inviting.open_episode(service, new, by)
        invitee = Invitee(who.open_episode, who.role, who.own.age_band)
        invited = await inviting.invite(service, invitee, by)
        first = not who.home.participant
        who.home.participant = who.home.participant or invited.participant
        who.home.episodes.append(who.open_episode)
        await who.home.does(CodeInput(invited.code), now)
        if first:
            for reply in (JoinReply.SECOND_PAGE, JoinReply.THIRD_PAGE, JoinReply.YES):
                await who.home.does(JoinInput(reply), now)
        who.blocked = False
        person = await who.home.person()
        who.own = person.own_time
        who.again_at = now + self.chance.randint(50, 420) * DAY
        who.newest = await _newest(service)

    async def _support_goes_on(self, service: Service, who: Resident, now: datetime) -> None:
        """Let support end, begin anew, change around somebody, or be held back for a while."""
        if now >= who.again_at or (now >= ENDS and who.open_episode is not None):
            await self._end_or_begin(service, who, now)
        elif self.chance.random() < (0.1 if who.held_by else 0.002):
            await self._hold_or_lift(service, who, now)
        elif self.chance.random() < (0.1 if who.away else 0.002) and who.open_episode is not None:
            await self._leave_or_rejoin(service, who, now)
        elif self.chance.random() < 0.003 and who.open_episode is not None:
            to = self.chance.choice(list(Commissioner))
            day = service.rhythm.local(now).date()
            what = moving.EpisodeChange(commissioner=to)
            await moving.change(service, who.open_episode, what, day, By(ONE, now))
        if now >= ENDS and who.held_by is not None:
            await self._hold_or_lift(service, who, now)

    async def _end_or_begin(self, service: Service, who: Resident, now: datetime) -> None:
        if who.open_episode is not None:
            day = service.rhythm.local(now).date()
            closing = Closing(day, CloseReason.PLANNED)
            await inviting.close_episode(service, who.open_episode, closing, By(ONE, now))
            who.open_episode, who.away = None, False
            if now < ENDS and self.chance.random() < 0.15:  # it goes on after all
                ended = who.home.episodes[-1]
                await reopening.reopen(service, ended, By(ONE, now + HOUR))
                who.open_episode = ended
                who.back += 1
                self._disturb(who)
            who.again_at = now + self.chance.randint(1, 300) * DAY if now < ENDS else OVER + DAY
        elif now < ENDS and not who.stopped:
            await self._begin_support(service, who, now)
        else:
            who.again_at = now + 30 * DAY

    async def _hold_or_lift(self, service: Service, who: Resident, now: datetime) -> None:
        """Hold somebody back, or let them be asked again, which takes two people."""
        self._disturb(who)
        if who.held_by is None:
            held = await suppressing.suppress(
                service, who.home.participant, Reason.BEREAVEMENT, By(ONE, now), household=False
            )
            who.held_by = held.action_id
            return
        await suppressing.ask_to_lift(service, who.held_by, By(ONE, now))
        await suppressing.lift(service, who.held_by, By(TWO, now))
        who.held_by = None
        who.back += 1

    async def _leave_or_rejoin(self, service: Service, who: Resident, now: datetime) -> None:
        assert who.open_episode is not None
        self._disturb(who)
        change = moving.rejoin if who.away else moving.leave
        await change(service, who.open_episode, who.home.participant, By(ONE, now))
        who.away = not who.away
        who.back += 1

    def _disturb(self, who: Resident) -> None:
        """Remember that not every review of this support can be expected."""
        who.disturbed |= set(who.home.episodes)

    # --- the end ----------------------------------------------------------------------------

    async def _check_ends(self, service: Service) -> None:
        for who in self.residents:
            who.home.service = service
            found = await who.home.occasions()
            assert len(found) > 20
            for each in found:
                assert each.state.over, each
                assert each.next_at is None
                assert each.ended_at is not None
            assert len({(each.episode_id, each.wave, each.round) for each in found}) == len(found)
            assert len({on for _, on in who.asked}) > 10
            for episode in set(who.home.episodes) - who.disturbed:
                _check_reviews([each for each in found if each.episode_id == episode])


def _check_reviews(found: list[Occasion]) -> None:
    """One review follows the other, and none is left out."""
    reviews = [each for each in found if each.wave == "review"]
    assert [each.round for each in reviews] == list(range(1, len(reviews) + 1))
    apart = {
        date.fromisoformat(after.local_time[:10]) - date.fromisoformat(before.local_time[:10])
        for before, after in pairwise(reviews)
    }
    assert len(apart) <= 1, "a review was left out"
    assert len({each.local_time[11:] for each in reviews}) <= 1, "at another time of day"


def _is_asking(out: Sending) -> bool:
    return out.outgoing.urgency is Urgency.ASKING


async def _newest(service: Service) -> int:
    return await service.lane.read(
        lambda rows: rows.execute(select(func.max(tables.outbox.c.id))).scalar() or 0
    )


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe"])
async def test_ten_years_of_random_lives_lose_nothing_and_press_nobody(
    sqlite_url: str, zone: str
) -> None:
    chance = Random(zone)  # noqa: S311 (made-up people need no secrets)
    await Decade(Street(sqlite_url, zone=ZoneInfo(zone)), chance).live()

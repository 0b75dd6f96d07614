"""Silence is news: facts that somebody went quiet or came back, told from what is stored.

It must not ask or remind anybody, and it never takes silence for wellbeing: nothing here is a score
or an answer. Pauses that somebody chose, suppression, and not having joined are no silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from storage import audit, silences, traces
from storage.casework import Casework, Connection
from storage.occasions import OccasionState
from storage.people import Person
from storage.silences import About, OpenFact, SilenceKind
from storage.traces import PastAsking, Support, Trace
from usecases.inviting import By
from usecases.service import Service

BATCH: Final = 500
"""How many people are looked at with one set of queries."""

_SIGNS: Final = (OccasionState.ANSWERED, OccasionState.DECLINED)
"""Ends that only the person can bring about; a half-done run also ends when its time runs out."""

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

_Ended = Sequence[tuple[datetime, str]]
"""When askings came to nothing and in which support episode, oldest first."""


@dataclass(frozen=True, slots=True)
class NewFact:
    """A silence that is to be written down; `latest` is when something last made it so."""

    kind: SilenceKind
    at: datetime
    latest: datetime
    about: About


@dataclass(frozen=True, slots=True)
class Changes:
    """What has to be written about one person; `came_back` is the sign of life, if there is one."""

    opened: tuple[NewFact, ...] = ()
    ended: tuple[OpenFact, ...] = ()
    came_back: datetime | None = None
    again: tuple[OpenFact, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.opened or self.ended or self.again)


# --- what there is to say about one person; pure ------------------------------------------


def decide(trace: Trace, silent_after: timedelta, now: datetime) -> Changes:
    """Say which silences begin, end or come back for one person.

    A sign of life is a contact, an answer or a `not this time`. Only what happened since the last
    sign makes a silence, so that each is told once for every stretch of silence. A silence ends
    without anybody having come back where the person may not or need not be asked any more, and
    where a chat is open again in which nobody has spoken yet.
    """
    if not trace.may_be_asked or not trace.supports:
        return Changes(ended=trace.facts)
    sign = last_sign(trace)
    ended = tuple(each for each in trace.facts if sign > each.at)
    came_back = sign if ended else None
    if trace.blocked_at is None:
        opened_up = (each for each in trace.facts if each.kind is SilenceKind.BLOCKED)
        ended += tuple(each for each in opened_up if each not in ended)
    found = _silences(trace, sign, silent_after, now)
    standing = {each.kind: each for each in trace.facts if each not in ended}
    return Changes(
        opened=tuple(each for each in found if each.kind not in standing),
        ended=ended,
        came_back=came_back,
        again=tuple(_happened_anew(standing, found)),
    )


def last_sign(trace: Trace) -> datetime:
    """Return when somebody last gave a sign of life, or a moment before all others."""
    answers = (each.ended_at for each in trace.askings if each.state in _SIGNS)
    return max((each for each in (trace.used_at, *answers) if each is not None), default=_NEVER)


def _silences(
    trace: Trace, sign: datetime, silent_after: timedelta, now: datetime
) -> list[NewFact]:
    """Return every silence that stands now."""
    waits = any(not each.state.over for each in trace.askings)
    is_open = any(each.is_open for each in trace.supports)
    rests = trace.resting_until is not None and trace.resting_until > now
    if rests or not (waits or is_open):
        return []
    here = {each.episode_id for each in trace.supports}
    askings = [each for each in trace.askings if each.episode_id in here]
    unanswered = _ended(askings, OccasionState.LAPSED, sign)
    lost = list(_ended(askings, OccasionState.UNDELIVERABLE, sign))
    if trace.failed_at is not None and trace.failed_at >= sign:
        lost.append((trace.failed_at, ""))
    found = []
    if trace.blocked_at is not None:
        found.append(_fact(trace, SilenceKind.BLOCKED, trace.blocked_at, [(trace.blocked_at, "")]))
    if lost:
        lost.sort()
        found.append(_fact(trace, SilenceKind.UNDELIVERABLE, lost[0][0], lost))
    if len(unanswered) > 1:
        found.append(_fact(trace, SilenceKind.UNANSWERED_TWICE, unanswered[1][0], unanswered))
    if unanswered and is_open:
        wanted_quiet = max(trace.resting_until or sign, trace.held_until or sign)
        at = max(sign + silent_after, wanted_quiet + silent_after, unanswered[0][0])
        if at <= now:
            found.append(_fact(trace, SilenceKind.DISENGAGED, at, unanswered))
    return found


def _ended(askings: Iterable[PastAsking], state: OccasionState, sign: datetime) -> _Ended:
    """Return the askings since the last sign of life that came to nothing in this way.

    One that ran out before anybody was asked is our silence, not theirs.
    """
    found = []
    for each in askings:
        since = each.offered_at if state is OccasionState.LAPSED else each.ended_at
        if each.state is state and each.ended_at is not None and since is not None:
            is_after = since >= sign and each.ended_at > sign
            found += [(each.ended_at, each.episode_id)] if is_after else []
    return sorted(found)


def _fact(trace: Trace, kind: SilenceKind, at: datetime, events: _Ended) -> NewFact:
    latest, where = events[-1]
    support = _support(trace.supports, where)
    return NewFact(
        kind, at, max(latest, at), _about(trace, support.episode_id, support.episode_key)
    )


def _about(trace: Trace, episode_id: str | None, episode_key: str | None) -> About:
    return About(trace.participant_id, trace.participant_key, episode_id, episode_key)


def _support(supports: Sequence[Support], episode_id: str) -> Support:
    """Return the support episode that it is about: otherwise the newest, first of those open."""
    named = [each for each in supports if each.episode_id == episode_id]
    still = [each for each in supports if each.is_open]
    return (named or still or list(supports))[-1]


def _happened_anew(
    standing: Mapping[SilenceKind, OpenFact], found: Iterable[NewFact]
) -> Iterable[OpenFact]:
    """Return what staff took care of and what has happened once more since."""
    for each in found:
        known = standing.get(each.kind)
        if known is not None and known.handled_at is not None and each.latest > known.handled_at:
            yield known


# --- for everybody --------------------------------------------------------------------------


async def look(service: Service, now: datetime) -> int:
    """Write down who went quiet and who came back; return of how many people there was news.

    Reads in batches beside the writes, and writes only about those of whom there is news, each
    looked at once more with nobody else holding them. So looking twice changes nothing, and two
    processes may look at once.
    """
    failed = await service.lane.read(lambda connection: traces.failures(connection, now))
    news, after = 0, ""
    while True:
        ids, fresh = await _read_some(service, after, failed, now)
        if not ids:
            return news
        if fresh:
            news += await _write_some(service, fresh, failed, now)
        after = ids[-1]


async def _read_some(
    service: Service, after: str, failed: Mapping[str, datetime], now: datetime
) -> tuple[list[str], list[str]]:
    """Return the next people, and those of them of whom there is news."""

    def work(connection: Connection) -> tuple[list[str], list[str]]:
        ids = traces.ids_after(connection, after, failed, BATCH)
        found = traces.load(connection, ids, failed, now)
        return ids, [each.participant_id for each in found if _decide(service, each, now).any]

    return await service.lane.read(work)


async def _write_some(
    service: Service, ids: Sequence[str], failed: Mapping[str, datetime], now: datetime
) -> int:
    def work(casework: Casework) -> int:
        held = traces.hold(casework, ids)
        found = traces.load(casework.connection, held, failed, now)
        decided = [(each, _decide(service, each, now)) for each in found]
        for trace, changes in decided:
            _store(casework, trace, changes, now)
        casework.flush()
        return sum(changes.any for _, changes in decided)

    return await service.lane.write(lambda connection: work(service.open(connection)))


def _decide(service: Service, trace: Trace, now: datetime) -> Changes:
    return decide(trace, service.rhythm.silent_after(), now)


def _store(work: Casework, trace: Trace, changes: Changes, now: datetime) -> None:
    if changes.ended:
        silences.end(work, [each.id for each in changes.ended], changes.came_back or now)
    if changes.came_back is not None:
        ended = changes.ended[-1]
        about = _about(trace, ended.episode_id, ended.episode_key)
        silences.add(work, about, SilenceKind.RE_ENGAGED, changes.came_back)
    if changes.again:
        silences.bring_back(work, [each.id for each in changes.again])
    for new in changes.opened:
        silences.add(work, new.about, new.kind, new.at)


def note_in(
    service: Service, work: Casework, person: Person, kind: SilenceKind, now: datetime
) -> bool:
    """Write down at once that somebody went quiet, inside a transaction; False where it is no news.

    For whoever gives the notice: it is news where all that is stored says so, too. What is missed
    here, the next look finds.
    """
    held = traces.hold(work, [person.id])
    for trace in traces.load(work.connection, held, {}, now):
        decided = _decide(service, trace, now)
        opened = tuple(each for each in decided.opened if each.kind is kind)
        _store(work, trace, Changes(opened=opened), now)
        return bool(opened)
    return False


# --- what staff do ----------------------------------------------------------------------------


async def take_care(service: Service, fact_id: str, by: By) -> bool:
    """Say that a named person takes care of it; False when it is taken care of, or over."""

    def work(casework: Casework) -> bool:
        done = silences.mark_handled(casework, fact_id, by.who, by.now)
        if done:
            audit.note(casework, by.who, "took care of silence", fact_id, by.now)
        casework.flush()
        return done

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def undo_care(service: Service, fact_id: str, by: By) -> bool:
    """Take that back; False where there is nothing to take back."""

    def work(casework: Casework) -> bool:
        done = silences.take_back_handled(casework, fact_id)
        if done:
            audit.note(casework, by.who, "took back care of silence", fact_id, by.now)
        casework.flush()
        return done

    return await service.lane.write(lambda connection: work(service.open(connection)))

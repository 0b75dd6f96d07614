"""What made-up staff write down for the contract as the days go by: facts, totals, what was given.

It knows what will be known and writes it on its day, through the use cases of the staff page. It
must not decide what happens to anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from typing import Any

from outcomes.episode import CloseReason
from starling.simulation.known import Known, draw_known
from starling.simulation.office import Story
from starling.simulation.orders import BY, Report, Room
from storage import contract, episodes
from storage.casework import Connection
from usecases import characteristics, contract_facts, sdq_totals
from usecases.characteristics import Change
from usecases.contract_facts import NOTHING, Noted
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.sdq_totals import Total
from usecases.service import Service


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written down of one support at once; None is what is not touched."""

    episode: str
    noted: Noted | None = None
    given: Change | None = None
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True, slots=True)
class WriteDown:
    """Write down what staff learned, all in one transaction; done again it changes nothing."""

    now: datetime
    reports: tuple[Report, ...]
    entries: tuple[Entry, ...]

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Write it down."""
        del again
        await service.lane.write(partial(self._write, service))

    def _write(self, service: Service, connection: Connection) -> None:
        work, by = service.open(connection), By(BY, self.now)
        for each in self.entries:
            if each.noted is not None:
                episode = episodes.hold(work, each.episode)
                if episode is None:
                    msg = "made-up support is gone"
                    raise Refusal(msg)
                facts = contract.load(work, each.episode), each.noted
                contract_facts.note_in(service, work, episode, facts, by)
            if each.given is not None:
                characteristics.note_in(work, each.episode, each.given, by)
            for total in each.totals:
                sdq_totals.note_in(service, work, each.episode, total, by)
        work.flush()


@dataclass(slots=True)
class _File:
    """What staff have of one support: what they know, what stands, and whether it is over."""

    story: Story
    known: Known
    noted: Noted
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Something that will be written down on its day; while_open: unless the support ends first."""

    episode: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    given: Change | None = None
    total: Total | None = None
    while_open: bool = False


@dataclass(slots=True)
class Records:
    """Staff at their desk: every support has a file, and every file its days."""

    room: Room
    seed: int
    hand_over: Callable[[], tuple[Report, ...]]
    happened: Counter[str]
    files: dict[str, _File] = field(default_factory=dict)
    waiting: list[tuple[date, int, _Waiting]] = field(default_factory=list)
    number: int = 0

    async def work(self, stories: list[Story], day: date, now: datetime) -> None:
        """Write down what became known today."""
        entries = self.due(stories, day)
        if entries:
            await self.room.do(WriteDown(now, self.hand_over(), entries))
            self.happened["notes for the contract"] += len(entries)

    def due(self, stories: list[Story], day: date) -> tuple[Entry, ...]:
        """Return what is to be written down today, and take it for written."""
        for story in stories:
            if not story.episode:
                continue
            file = self.files.get(story.episode) or self._begin(story)
            if story.is_over and not file.is_over:
                self._end(file, day)
            file.is_over = story.is_over
        entries: dict[str, Entry] = {}
        while self.waiting and self.waiting[0][0] <= day:
            _, _, what = heappop(self.waiting)
            file = self.files[what.episode]
            if not (what.while_open and file.is_over):
                entry = entries.get(what.episode, Entry(what.episode))
                entries[what.episode] = self._add(file, entry, what)
        return tuple(each for each in entries.values() if each != Entry(each.episode))

    def _begin(self, story: Story) -> _File:
        """Open a file: what is known at once, and what will be while the support goes on."""
        known = draw_known(story.child, self.seed)
        file = _File(story, known, replace(NOTHING, child_age=known.age))
        self.files[story.episode] = file
        opens, episode = story.opens, story.episode
        at_once = {"away_at_start": known.away_at_start}
        self._wait(opens, _Waiting(episode, at_once, Change(known.given, known.giver)))
        if known.plan_after is not None:
            plan_on = opens + timedelta(days=known.plan_after)
            made = _Waiting(episode, {"plan_on": plan_on}, while_open=True)
            self._wait(max(plan_on, opens), made)
        if known.stops is not None:
            stopped = opens + known.stops * (story.closes - opens)
            self._wait(stopped, _Waiting(episode, {"disengaged_on": stopped}, while_open=True))
            self._wait_for_return(file, stopped)
        for informant, scores in known.scores.items():
            on = opens + timedelta(days=scores.first_after)
            total = Total(informant, on, scores.first)
            self._wait(max(on, opens), _Waiting(episode, total=total, while_open=True))
        return file

    def _end(self, file: _File, day: date) -> None:
        """Note what is known once the support has ended, and wait for what comes after it."""
        story, known = file.story, file.known
        facts: dict[str, Any] = {"unplanned_moves": known.moves, "away_at_end": known.away_at_end}
        if story.child.reason is CloseReason.DISENGAGED:
            stopped = max(story.opens, day - timedelta(days=known.left_before))
            facts |= {"disengaged_on": stopped, "back_on": None}
            self._wait_for_return(file, stopped)
        self._wait(day, _Waiting(story.episode, facts))
        for informant, scores in known.scores.items():
            if scores.last is not None:
                on = day + timedelta(days=scores.last_after)
                total = Total(informant, on, scores.last)
                self._wait(max(on, day), _Waiting(story.episode, total=total))

    def _wait_for_return(self, file: _File, stopped: date) -> None:
        if file.known.gone_for is not None:
            back = stopped + timedelta(days=file.known.gone_for)
            self._wait(back, _Waiting(file.story.episode, {"back_on": back}))

    def _wait(self, day: date, what: _Waiting) -> None:
        self.number += 1
        heappush(self.waiting, (day, self.number, what))

    def _add(self, file: _File, entry: Entry, what: _Waiting) -> Entry:
        """Return what is written down of one support today, with one thing more."""
        return Entry(
            entry.episode,
            self._revise(file, what.facts) or entry.noted,
            what.given or entry.given,
            entry.totals if what.total is None else (*entry.totals, what.total),
        )

    def _revise(self, file: _File, facts: Mapping[str, Any]) -> Noted | None:
        """Return all that is noted from now on, or None where nothing is different."""
        noted = replace(file.noted, **facts)
        gone, back = noted.disengaged_on, noted.back_on
        if back is not None and (gone is None or back <= gone):
            return None  # nobody comes back who never went, or who went for good later
        was, file.noted = file.noted, noted
        return noted if noted != was else None

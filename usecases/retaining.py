"""What goes because its time is over: after it was filed, never under a legal hold, with a receipt.

A record whose support no case system has taken over yet stays, and staff see that it waits. So does
one about which something is open, or in which words wait to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from storage import audit, episodes, filings, retention
from storage.casework import Casework, Connection
from storage.filings import Filing
from storage.retention import Old, OldRecord, Purge
from storage.walls import Thing
from usecases import erasing, walls
from usecases.erasing import CannotForget, Why, WhyNot
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.retention_rules import RECORDS, RetentionRules
from usecases.service import Service
from usecases.suppressing import Held, describe

LONGEST_RECEIPT: Final = 80
_THE_CLOCK: Final = "starling"
_NO_EPISODE: Final = "There is no support episode with this id. See `starling episode list`."
RECEIPTS_SHOWN: Final = timedelta(days=90)


class Blocked(StrEnum):
    """Why a record stays though its time is over."""

    UNFILED = "not-filed"
    HELD = "legal-hold"
    OPEN_CONCERN = "open-concern"
    UNREAD = "unread-words"


class NotDue(Refusal):
    """A record that was due is not any more: support began again, or is not filed."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("This record is not due any more: support began again or is not filed.")


@dataclass(frozen=True, slots=True)
class DueRecord:
    """One person whose time is over: how staff know them, and what stands in the way, if anything.

    `unfiled` are the support episodes that no case system has taken over.
    """

    whose: Held
    over_since: datetime
    unfiled: tuple[str, ...]
    blocked: Blocked | None


@dataclass(frozen=True, slots=True)
class Due:
    """Everything whose time is over: people, and the number of rows of every other class."""

    records: tuple[DueRecord, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Purged:
    """What went: how many of each class, and what had to stay."""

    counts: dict[str, int]
    blocked: tuple[DueRecord, ...]


async def look(service: Service, rules: RetentionRules, by: By) -> Due:
    """Return what is due to go, and what blocks it."""

    def work(connection: Connection) -> Due:
        casework = service.open(connection)
        records = _due_records(service, casework, rules, by.now)
        seen = walls.only_visible(
            casework, by.sight, {each.whose.participant_id for each in records}
        )
        mine = tuple(each for each in records if each.whose.participant_id in seen)
        return Due(mine, _counts(casework, rules, by.now))

    return await service.lane.read(work)


async def purge(service: Service, rules: RetentionRules, by: By) -> Purged:
    """Delete what is due and not blocked; each class leaves a receipt. Safe to repeat.

    Raises erasing.NowhereToRemember.
    """
    due = await look(service, rules, By(by.who, by.now))
    gone = 0
    blocked = [each for each in due.records if each.blocked is not None]
    for each in due.records:
        if each.blocked is None:
            try:
                await _erase(service, rules, each.whose.participant_id, by)
            except CannotForget:  # since we looked: the next round tells why
                blocked.append(each)
            except NotDue:
                continue
            else:
                gone += 1

    def work(casework: Casework) -> dict[str, int]:
        counts = {RECORDS: gone}
        for old in Old:
            before = _before(rules, old.value, by.now)
            counts[old.value] = 0 if before is None else retention.purge(casework, old, before)
        for name, number in counts.items():
            if number:
                retention.note_purge(casework, Purge(name, number, by.who, by.now))
                audit.note(casework, by.who, "purged what was too old", name, by.now)
        casework.flush()
        return counts

    counts = await service.lane.write(lambda connection: work(service.open(connection)))
    return Purged(counts, tuple(blocked))


async def _erase(service: Service, rules: RetentionRules, participant_id: str, by: By) -> None:
    """Forget somebody who is still due when it is done: support may have begun again since."""

    def look_again(work: Casework) -> None:
        retention.hold_support(work, participant_id)
        found = _over_records(service, work, rules, by.now, only=participant_id)
        if not found or found[0].unfiled:
            raise NotDue

    await erasing.erase(service, participant_id, by, Why.RETENTION, look_again)


async def purge_daily(service: Service, rules: RetentionRules, now: datetime) -> Purged:
    """Purge, as the clock does once a day; also settle who was about to be forgotten."""
    await erasing.settle(service, is_newest=True)  # what a start found to be a copy is settled
    return await purge(service, rules, By(_THE_CLOCK, now))


async def receipts(service: Service, now: datetime) -> list[Purge]:
    """Return the receipts of the last months, the newest first."""
    return await service.lane.read(
        lambda connection: retention.purges_since(service.open(connection), now - RECEIPTS_SHOWN)
    )


async def file(service: Service, episode_id: str, receipt: str, by: By) -> None:
    """Note that the case system took over the record of a support episode. Raises Refusal.

    receipt: what the case system calls it, by which it is found there.
    """
    tidy = " ".join(receipt.split())
    if not tidy or len(tidy) > LONGEST_RECEIPT:
        msg = f"Give the number or name of the record there, at most {LONGEST_RECEIPT} characters."
        raise Refusal(msg)

    def work(casework: Casework) -> None:
        walls.must_see(casework, by.sight, Thing.EPISODE, episode_id, _NO_EPISODE)
        if episodes.load(casework, episode_id) is None:
            raise Refusal(_NO_EPISODE)
        filings.add(casework, Filing(episode_id, tidy, by.who, by.now))
        audit.note(casework, by.who, "filed in the case system", episode_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


def _due_records(
    service: Service, work: Casework, rules: RetentionRules, now: datetime
) -> list[DueRecord]:
    found = _over_records(service, work, rules, now)
    known = {
        each.participant_id: each for each in describe(work, {e.participant_id for e in found})
    }
    return [
        DueRecord(known[each.participant_id], each.over_since, each.unfiled, _blocked(work, each))
        for each in found
    ]


def _over_records(
    service: Service,
    work: Casework,
    rules: RetentionRules,
    now: datetime,
    only: str | None = None,
) -> list[OldRecord]:
    kept_for = rules.classes[RECORDS].kept_for
    if kept_for is None:
        return []
    zone = ZoneInfo(service.zone)
    before = (now - kept_for).astimezone(zone).date()
    return retention.records_over_before(work, before, zone, only)


def _blocked(work: Casework, record: OldRecord) -> Blocked | None:
    why = erasing.why_not(work, record.participant_id)
    match why:
        case WhyNot.HELD:
            return Blocked.HELD
        case WhyNot.OPEN_CONCERN:
            return Blocked.OPEN_CONCERN
        case WhyNot.UNREAD:
            return Blocked.UNREAD
        case None:
            return Blocked.UNFILED if record.unfiled else None
        case _:
            assert_never(why)


def _counts(work: Casework, rules: RetentionRules, now: datetime) -> dict[str, int]:
    found = {}
    for old in Old:
        before = _before(rules, old.value, now)
        found[old.value] = 0 if before is None else retention.count(work, old, before)
    return found


def _before(rules: RetentionRules, name: str, now: datetime) -> datetime | None:
    kept_for = rules.classes[name].kept_for
    return None if kept_for is None else now - kept_for

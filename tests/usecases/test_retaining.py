"""What is too old goes, with a receipt; what was not filed, or may still be needed, stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from storage import tables
from surveys.people import Role
from tests.support.callers import (
    DAY,
    Caller,
    Place,
    browser,
    close_support,
    invite,
    joined,
    phone,
    rows,
    write,
)
from usecases import holding_legally, reading, reopening, retaining
from usecases.holding_legally import HoldReason
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.retaining import Blocked
from usecases.retention_rules import (
    CLASSES,
    RetentionRefused,
    RetentionRules,
    packaged_rules,
    read_rules,
)
from usecases.service import Service

YEAR = timedelta(days=366)


@pytest.fixture
def lasting(service: Service, tmp_path: Path) -> Service:
    """The service with a file beside its keys."""
    return replace(service, erased_file=tmp_path / "erased.log")


async def _over(place: Place, service: Service, *, filed: bool) -> tuple[Caller, str, str]:
    """Let somebody's support end, and nothing more be asked; return them, their id and support."""
    caller, invited = await joined(place, service)
    await caller.taps("Not this time")
    (support,) = await rows(service, tables.support_episodes)
    await close_support(place, service, support.id)
    place.forward(DAY)
    if filed:
        await retaining.file(service, support.id, "LCS 4711", place.by)

    def end(work: Any) -> None:
        work.connection.execute(
            update(tables.occasions).values(ended_at=place.now, state="suppressed")
        )

    await write(service, end)
    return caller, invited.participant, support.id


def _rules(**days: int | None) -> RetentionRules:
    packaged = packaged_rules()
    changed = {
        name: rule.model_copy(update={"days": days[name.replace("-", "_")]})
        for name, rule in packaged.classes.items()
        if name.replace("-", "_") in days
    }
    return RetentionRules(classes={**packaged.classes, **changed})


async def test_a_filed_record_goes_when_its_year_is_over_and_not_a_day_before(
    place: Place, lasting: Service
) -> None:
    """The receipt says how many of which class, and the person is on the list of who was erased."""
    _, participant, _ = await _over(place, lasting, filed=True)
    rules = packaged_rules()
    place.forward(timedelta(days=363))
    assert (await retaining.look(lasting, rules, place.by)).records == ()
    assert (await retaining.purge_daily(lasting, rules, place.now)).counts["records"] == 0
    place.forward(2 * DAY)
    (due,) = (await retaining.look(lasting, rules, place.by)).records
    assert (due.whose.participant_id, due.blocked) == (participant, None)
    assert (await retaining.purge_daily(lasting, rules, place.now)).counts["records"] == 1
    assert await rows(lasting, tables.participants) == []
    (erased,) = await rows(lasting, tables.erasures)
    assert (erased.subject, erased.why) == (participant, "time-is-over")
    kept = {
        each.retention_class: each.number for each in await retaining.receipts(lasting, place.now)
    }
    assert kept["records"] == 1
    assert (await retaining.purge_daily(lasting, rules, place.now)).counts["records"] == 0


async def test_a_record_that_was_not_filed_stays_and_is_listed_until_it_is(
    place: Place, lasting: Service
) -> None:
    """The case system has it first; a receipt from before the end of support does not count."""
    _, participant, support = await _over(place, lasting, filed=False)
    place.forward(YEAR)
    purged = await retaining.purge_daily(lasting, packaged_rules(), place.now)
    (blocked,) = purged.blocked
    assert (blocked.whose.participant_id, blocked.blocked, blocked.unfiled) == (
        participant,
        Blocked.UNFILED,
        (support,),
    )
    assert purged.counts["records"] == 0
    await retaining.file(lasting, support, "LCS 4711", place.by)
    assert (await retaining.purge_daily(lasting, packaged_rules(), place.now)).blocked == ()
    assert await rows(lasting, tables.participants) == []
    (receipt,) = await rows(lasting, tables.filings)
    assert b"4711" not in receipt.receipt_cipher


async def test_a_receipt_from_before_support_ended_files_nothing(
    place: Place, lasting: Service
) -> None:
    """What came after it would be lost."""
    _, _, support = await _over(place, lasting, filed=False)

    def earlier(work: Any) -> None:
        work.connection.execute(update(tables.filings).values(at=place.now - 3 * DAY))

    await retaining.file(lasting, support, "LCS 4711", place.by)
    await write(lasting, earlier)
    place.forward(YEAR)
    (due,) = (await retaining.look(lasting, packaged_rules(), place.by)).records
    assert due.blocked is Blocked.UNFILED


async def test_a_legal_hold_and_unread_words_block_whatever_was_filed(
    place: Place, lasting: Service
) -> None:
    """Once two people lifted the hold, and a person read the words, it goes."""
    caller, participant, _ = await _over(place, lasting, filed=True)
    held = await holding_legally.hold(lasting, participant, HoldReason.COURT, place.by)
    await caller.types("are you still there")
    place.forward(YEAR)
    rules = packaged_rules()

    async def blocked() -> list[Blocked | None]:
        found = await retaining.purge_daily(lasting, rules, place.now)
        return [each.blocked for each in found.blocked]

    assert await blocked() == [Blocked.HELD]
    await holding_legally.ask_to_lift(lasting, held.id, place.by)
    await holding_legally.lift(lasting, held.id, By("b.worker", place.now))
    assert await blocked() == [Blocked.UNREAD]
    for each in await rows(lasting, tables.words):
        await reading.mark_read(lasting, each.id, place.by)
    assert await blocked() == []
    assert await rows(lasting, tables.participants) == []


async def test_somebody_whose_support_goes_on_or_who_is_still_asked_is_never_due(
    place: Place, lasting: Service
) -> None:
    """However long ago they began."""
    await joined(place, lasting)
    place.forward(10 * YEAR)
    assert (await retaining.look(lasting, packaged_rules(), place.by)).records == ()
    (support,) = await rows(lasting, tables.support_episodes)
    await close_support(place, lasting, support.id, on=support.opened_on + timedelta(days=30))
    assert (await retaining.look(lasting, packaged_rules(), place.by)).records == ()


async def test_chats_of_strangers_go_and_those_of_people_we_know_stay(
    place: Place, lasting: Service
) -> None:
    """With what we said there; what they wrote goes later, once a person has read it."""
    caller, invited = await joined(place, lasting)
    known = await browser(place, lasting)
    (support,) = await rows(lasting, tables.support_episodes)
    again = await invite(place, lasting, support.id)
    await known.opens(again.web.rpartition("/")[2])
    stranger, empty = phone(place, lasting), await browser(place, lasting)
    web = await browser(place, lasting)
    for each in (stranger, web):
        await each.types("hello who is this")
    for each in await rows(lasting, tables.words):
        await reading.mark_read(lasting, each.id, place.by)
    place.forward(31 * DAY)
    counts = (await retaining.purge_daily(lasting, packaged_rules(), place.now)).counts
    assert counts["strangers"] == 3
    assert counts["stray-words"] == 0
    left = {each.id for each in await rows(lasting, tables.visitors)}
    assert known.chat in left
    assert not {web.chat, empty.chat} & left
    owners = {each.participant_id for each in await rows(lasting, tables.addresses)}
    assert owners == {invited.participant}
    assert caller.window.ours
    place.forward(YEAR)
    await retaining.purge_daily(lasting, packaged_rules(), place.now)
    assert await rows(lasting, tables.words) == []


async def test_words_of_a_stranger_about_which_something_is_open_stay(
    place: Place, lasting: Service
) -> None:
    """Whoever they are, somebody may still be looking for them."""
    stranger = phone(place, lasting)
    await stranger.types("i want to kill myself")
    (written,) = await rows(lasting, tables.words)

    def read_only(work: Any) -> None:
        work.connection.execute(update(tables.words).values(read_at=place.now, read_by="w"))

    await write(lasting, read_only)
    place.forward(10 * YEAR)
    await retaining.purge_daily(lasting, packaged_rules(), place.now)
    assert [each.id for each in await rows(lasting, tables.words)] == [written.id]
    handled = {"acknowledged_at": place.now, "acknowledged_by": "w"}

    def close(work: Any) -> None:
        work.connection.execute(update(tables.concerns).values(handled))
        over = {"closed_at": place.now, "closed_by": "w", "next_at": None}
        work.connection.execute(update(tables.alerts).values(over))

    await write(lasting, close)
    await retaining.purge_daily(lasting, packaged_rules(), place.now)
    assert await rows(lasting, tables.words) == []
    assert [each.categories for each in await rows(lasting, tables.concerns)] == ["[]"]
    place.forward(7 * YEAR)
    await retaining.purge_daily(lasting, packaged_rules(), place.now)
    assert await rows(lasting, tables.concerns) == []
    assert await rows(lasting, tables.alerts) == []


async def test_a_class_without_days_never_goes(place: Place, lasting: Service) -> None:
    """The service's own file may keep what it wants, and shorten what it wants."""
    await _over(place, lasting, filed=True)
    place.forward(50 * YEAR)
    kept = _rules(records=None, strangers=None)
    assert (await retaining.look(lasting, kept, place.by)).records == ()
    soon = _rules(invitations=1)
    counts = (await retaining.purge_daily(lasting, soon, place.now)).counts
    assert counts["invitations"] or counts["records"]


async def test_a_receipt_must_say_something_short(place: Place, service: Service) -> None:
    """And belong to a support episode that is there."""
    _, _ = await joined(place, service, Role.YOUNG_PERSON)
    (support,) = await rows(service, tables.support_episodes)
    for odd in ("", "  ", "x" * 81):
        with pytest.raises(Refusal, match="at most 80"):
            await retaining.file(service, support.id, odd, place.by)
    with pytest.raises(Refusal, match="no support episode"):
        await retaining.file(service, "nothing", "LCS 4711", place.by)


# --- the rules ------------------------------------------------------------------------------------


def test_every_class_says_what_how_long_since_when_and_why() -> None:
    """A person who decides about it can read it."""
    rules = packaged_rules()
    assert set(rules.classes) == set(CLASSES)
    assert all(each.source.endswith(".") for each in rules.classes.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("classes: {}", "every class stands there once"),
        ("classes: [1", "not YAML"),
        ("", "classes"),
        ("PACKAGED\n  more:\n    what: xxx\n    days: 1\n    since: xxx\n    source: xxx", "more"),
    ],
)
def test_a_file_that_leaves_something_out_is_refused_with_its_name(
    tmp_path: Path, text: str, says: str
) -> None:
    """Nobody could say what holds."""
    packaged = Path(retaining.__file__).with_name("retention.yaml").read_text()
    own = tmp_path / "retention.yaml"
    own.write_text(text.replace("PACKAGED", packaged.rstrip()))
    with pytest.raises(RetentionRefused, match=says) as refused:
        read_rules(own)
    assert str(own) in str(refused.value)


def test_what_is_never_deleted_by_age_cannot_be(tmp_path: Path) -> None:
    """A backup from before an erasure must never be stronger than the list of erasures."""
    packaged = Path(retaining.__file__).with_name("retention.yaml").read_text()
    own = tmp_path / "retention.yaml"
    own.write_text(packaged.replace("days: null", "days: 30"))
    with pytest.raises(RetentionRefused, match="never deleted by age"):
        read_rules(own)
    with pytest.raises(RetentionRefused, match="cannot be read"):
        read_rules(tmp_path / "nothing.yaml")
    assert read_rules(None) == packaged_rules()


@pytest.mark.parametrize("change", ["reopened", "not filed"])
async def test_what_changed_since_it_was_found_due_stays(
    place: Place, lasting: Service, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Support that began again while others were purged is not forgotten while it goes on."""
    _, participant, support = await _over(place, lasting, filed=True)
    place.forward(YEAR)
    real = retaining.look

    async def look(*given: Any) -> retaining.Due:
        found = await real(*given)
        if change == "reopened":
            await reopening.reopen(lasting, support, place.by)
        else:
            gone = delete(tables.filings)
            await lasting.lane.write(lambda connection: connection.execute(gone))
        return found

    monkeypatch.setattr(retaining, "look", look)
    purged = await retaining.purge_daily(lasting, packaged_rules(), place.now)
    assert (purged.counts["records"], purged.blocked) == (0, ())
    assert [each.id for each in await rows(lasting, tables.participants)] == [participant]
    assert await rows(lasting, tables.erasures) == []

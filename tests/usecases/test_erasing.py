"""Forget me: nothing of the person is left anywhere, and nothing of anybody else is touched."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update
from sqlalchemy.engine.base import RootTransaction
from sqlalchemy.exc import OperationalError

from outcomes.episode import AgeBand as ChildAge
from storage import erased_file, inbox, nudges, pairs, people, subjects, tables
from storage.erasure import FATES, Fate
from storage.errors import DatabaseAway
from storage.inbox import Ticket
from storage.ownership import OWNERS, Nobody, OfEpisodeKey, Sealed
from surveys.people import Role
from tests.support.callers import (
    DAY,
    Caller,
    Place,
    browser,
    close_support,
    invite,
    open_support,
    phone,
    rows,
    write,
)
from usecases import (
    contract_facts,
    erasing,
    holding_legally,
    reading,
    rights,
)
from usecases.arrival import MenuInput, MenuWish
from usecases.contract_facts import Noted
from usecases.erasing import CannotForget, NowhereToRemember, Why, WhyNot
from usecases.holding_legally import HoldReason
from usecases.inviting import By, Invited
from usecases.refusal import Refusal
from usecases.service import Service

CANARY = "the walrus sentence about my den"
_numbers = itertools.count(1)


@pytest.fixture
def lasting(service: Service, tmp_path: Path) -> Service:
    """The service with a file beside its keys, on each kind of database in turn."""
    return replace(service, erased_file=tmp_path / "erased.log")


@pytest.fixture
def little(small: Service, tmp_path: Path) -> Service:
    """The same on SQLite alone."""
    return replace(small, erased_file=tmp_path / "erased.log")


@dataclass
class Told:
    """Somebody who told us much, by phone and in a browser."""

    caller: Caller
    web: Caller
    invited: Invited
    episode: str

    @property
    def id(self) -> str:
        """The id of the participant."""
        return self.invited.participant


async def _tell_much(place: Place, service: Service, case: str, words: str) -> Told:
    """Let somebody answer, write and open our own chat, and let staff note and read."""
    episode = await open_support(place, service, case)
    caller, web = phone(place, service), await browser(place, service)
    await web.types(words)  # before we know who it is
    invited = await invite(place, service, episode)
    await caller.joins(invited)
    await caller.taps("Start")
    await caller.answers(3)
    await caller.types(words)
    again = await invite(place, service, episode)
    await web.opens(again.web.rpartition("/")[2])
    await web.types(words)
    noted = Noted(child_age=ChildAge.TO_FIFTEEN, unplanned_moves=2)
    await contract_facts.note(service, episode, lambda _: noted, place.by)
    await _read_all(place, service)
    await write(service, lambda work: _fill(work, invited.participant, episode, place.now))
    return Told(caller, web, invited, episode)


async def _read_all(place: Place, service: Service) -> None:
    """Read every word there is, and close whatever was raised."""
    for each in await rows(service, tables.words):
        await reading.mark_read(service, each.id, place.by)

    def close(work: Any) -> None:
        over = {"closed_at": place.now, "closed_by": "a.worker", "next_at": None}
        work.connection.execute(update(tables.alerts).values(over))

    await write(service, close)


def _fill(work: Any, participant: str, episode: str, now: Any) -> None:
    """Put a row into what only other days would fill."""
    number = next(_numbers)
    written = select(tables.words.c.id).where(tables.words.c.participant_id == participant)
    words_id = work.connection.execute(written).scalars().first()
    child = select(tables.support_episodes.c.child_id).where(
        tables.support_episodes.c.id == episode
    )
    child_id = work.connection.execute(child).scalar_one()
    own = {"id": f"own-{number}", "participant_id": participant}
    person = people.load_person(work, participant)
    assert person is not None
    nudges.put(work, person, "somebody@example.test", now)
    theme, reply = f"theme-{number}", f"reply-{number}"
    made: list[tuple[Any, dict[str, Any]]] = [
        (tables.goals, own | {"words_id": words_id, "made_at": now}),
        (tables.goal_ratings, {"id": own["id"], "goal_id": own["id"], "value": 4, "at": now}),
        (
            tables.agreements,
            own
            | {
                "agreed_by": "parent",
                "understands": "yes",
                "day": now.date(),
                "at": now,
                "who": "w",
            },
        ),
        (tables.wishes, own | {"kind": "see", "words_id": words_id, "at": now, "due_at": now}),
        (
            tables.legal_holds,
            own
            | {
                "reason": "police",
                "since": now,
                "since_by": "w",
                "lifted_at": now,
                "lifted_by": "v",
            },
        ),
        (
            tables.suppressions,
            own | {"action_id": "x", "reason": "bereavement", "since": now, "since_by": "w"},
        ),
        (
            tables.silences,
            own | {"participant_key": participant, "kind": "quiet", "at": now, "handled_at": now},
        ),
        (tables.notices, own | {"kind": "stopped", "at": now, "seen_at": now}),
        (
            tables.concerns,
            own
            | {"words_id": words_id, "level": "concern", "categories": '["bullying"]'}
            | {"reasons": f'["{CANARY}"]', "raised_at": now}
            | {"acknowledged_at": now, "acknowledged_by": "w"},
        ),
        (tables.themes, {"id": theme, "slug": theme, "title": "x", "made_at": now, "made_by": "w"}),
        (tables.word_themes, {"words_id": words_id, "theme_id": theme, "at": now, "who": "w"}),
        (
            tables.theme_replies,
            {"id": reply, "theme_id": theme, "did": "x", "day": now.date(), "at": now, "who": "w"},
        ),
        (tables.reply_tellings, {"reply_id": reply, "participant_id": participant, "at": now}),
        (
            tables.characteristics,
            {"child_id": child_id, "what": "sex", "value": "girl"}
            | {"given_by": "w", "at": now, "who": "w"},
        ),
    ]
    for table, row in made:
        work.connection.execute(table.insert(), row)


async def _everything(service: Service) -> dict[str, Sequence[Any]]:
    return {
        name: await rows(service, table)
        for name, table in tables.metadata.tables.items()
        if table.primary_key
    }


async def _theirs(service: Service, participant: str) -> dict[str, list[Any]]:
    """Return every row of somebody, by the rules of ownership."""

    def work(connection: Connection) -> dict[str, list[Any]]:
        subject = subjects.find(service.open(connection), participant)
        assert subject is not None
        found = {}
        for name, rule in OWNERS.items():
            if isinstance(rule, Nobody | Sealed | OfEpisodeKey):
                continue
            table = tables.metadata.tables[name]
            query = select(table).where(subjects.rows_of(table, subject))
            found[name] = [tuple(row) for row in connection.execute(query)]
        return found

    await service.lane.settled()
    return await service.lane.write(work)


def _at(table: str, column: str) -> int:
    return list(tables.metadata.tables[table].c.keys()).index(column)


def _bytes_on_disk(url: str) -> bytes:
    path = Path(url.removeprefix("sqlite:///"))
    there = [path, path.with_name(f"{path.name}-wal")]
    return b"".join(each.read_bytes() for each in there if each.exists())


def test_every_table_that_is_somebodys_has_a_fate_and_no_other() -> None:
    """A new table that nobody thought of when forgetting fails here."""
    owned = {name for name, rule in OWNERS.items() if not isinstance(rule, Nobody)}
    assert set(FATES) == owned


async def test_nothing_of_somebody_is_left_in_any_table(place: Place, lasting: Service) -> None:
    """The id stays in two places only: the receipt, and the audit of what staff did."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    before = await _theirs(lasting, told.id)
    key = before["participants"][0][1]
    done = await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert done.wiped
    left = await _everything(lasting)
    for name, fate in FATES.items():
        if fate is Fate.GONE:
            assert before.get(name), f"nothing stood in {name}: this test shows nothing about it"
            assert not left[name], name
    for name, found in left.items():
        assert CANARY not in repr(found), name
        assert key not in repr(found), name
        if name not in ("audit", "erasures"):
            assert told.id not in repr(found), name
    with pytest.raises(Refusal):
        await rights.export(lasting, told.id)


async def test_what_they_wrote_stands_in_no_file_either(
    small_place: Place, little: Service
) -> None:
    """The ciphertext, its key and what we said are overwritten in the file, and the log is cut."""
    told = await _tell_much(small_place, little, "T-1001", CANARY)
    before = await _theirs(little, told.id)
    secrets = [
        row[_at(name, column)]
        for name, column in (
            ("words", "cipher"),
            ("participants", "wrapped_key"),
            ("addresses", "chat_cipher"),
        )
        for row in before[name]
    ]
    secrets += [row[0].encode() for row in before["addresses"]]  # every message of ours names it
    there = _bytes_on_disk(small_place.url)
    assert all(each in there for each in secrets), "the test looks in the wrong place"
    await erasing.erase(little, told.id, small_place.by, Why.THEIR_WISH)
    left = _bytes_on_disk(small_place.url)
    # The first bytes of what is deleted are the ones that are overwritten most easily.
    assert not [each for each in secrets if each[len(each) // 3 :] in left]


async def test_everybody_elses_rows_stay_as_they_were(place: Place, lasting: Service) -> None:
    """Also those of the carer who answers about the same child."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    other = await _tell_much(place, lasting, "T-2002", "something else")
    carer = phone(place, lasting)
    invited = await invite(place, lasting, told.episode, Role.CARER)
    await carer.joins(invited)
    theirs, carers = await _theirs(lasting, other.id), await _theirs(lasting, invited.participant)
    before = await _everything(lasting)
    done = await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert done.case_stays, "support goes on and the carer answers"
    assert await _theirs(lasting, other.id) == theirs
    assert await _theirs(lasting, invited.participant) == carers
    after = await _everything(lasting)
    for name, rule in OWNERS.items():
        if isinstance(rule, Nobody) and name not in ("audit", "erasures", "marks"):
            assert after[name] == before[name], name


async def test_the_childs_case_goes_once_nobody_is_left(place: Place, lasting: Service) -> None:
    """All support is over and nobody else answers: the case reference names nobody any more."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    await close_support(place, lasting, told.episode)
    (child,) = await rows(lasting, tables.children)
    done = await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert not done.case_stays
    (left,) = await rows(lasting, tables.children)
    assert left.id == child.id
    assert (left.ref_index, left.ref_cipher) != (child.ref_index, child.ref_cipher)
    (support,) = await rows(lasting, tables.support_episodes)
    assert (support.child_age, support.unplanned_moves) == (None, None)
    await open_support(place, lasting, "T-1001")
    assert len(await rows(lasting, tables.children)) == 2, "the same reference is somebody new"


async def test_a_carer_who_is_forgotten_takes_nothing_of_the_child(
    place: Place, lasting: Service
) -> None:
    """What staff noted of the child is the child's."""
    told = await _tell_much(place, lasting, "T-1001", "mine")
    carer = phone(place, lasting)
    invited = await invite(place, lasting, told.episode, Role.CARER)
    await carer.joins(invited)
    before = await _theirs(lasting, told.id)
    await erasing.erase(lasting, invited.participant, place.by, Why.THEIR_WISH)
    assert await _theirs(lasting, told.id) == before


async def test_figures_stand_and_what_is_kept_beside_them_is_what_a_rebuild_gives(
    place: Place, lasting: Service
) -> None:
    """The answers count as before, under a pseudonym that belongs to nobody."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    (said,) = await rows(lasting, tables.observations)
    await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    (cut,) = await rows(lasting, tables.observations)
    assert (cut.episode_key, cut.scores, cut.day) == (said.episode_key, said.scores, said.day)
    assert cut.participant_key != said.participant_key
    kept = await rows(lasting, tables.pairs)
    assert [each.participant_key for each in kept] == [cut.participant_key]
    await lasting.lane.write(pairs.rebuild_all)
    assert await rows(lasting, tables.pairs) == kept


async def test_that_something_was_handled_stays_without_what_and_whose(
    place: Place, lasting: Service
) -> None:
    """When it was raised, how grave it was and who took it in hand: nothing else."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    left = await rows(lasting, tables.concerns)
    assert left
    for each in left:
        assert (each.participant_id, each.words_id, each.categories, each.reasons) == (
            None, None, "[]", "[]",
        )  # fmt: skip
        assert each.acknowledged_by


async def test_what_waits_to_be_handled_is_dropped_too(place: Place, lasting: Service) -> None:
    """A parked update of theirs is opened by nobody any more; another person's stays."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)

    def park(work: Any) -> None:
        theirs = f'{{"message":{{"chat":{{"id":{told.caller.chat}}},"text":"{CANARY}"}}}}'
        inbox.park(work, Ticket("telegram", 901), theirs.encode(), place.now)
        others = f'{{"message":{{"chat":{{"id":{told.caller.chat}7}}}}}}'
        inbox.park(work, Ticket("telegram", 902), others.encode(), place.now)

    await write(lasting, park)
    await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    left = {each.update_id: each for each in await rows(lasting, tables.inbox)}
    assert left[901].payload_cipher is None
    assert left[901].handled_at is not None, "it counts as handled, so it has no second effect"
    assert left[902].payload_cipher is not None


async def test_whoever_was_forgotten_is_a_stranger_when_they_write(
    place: Place, lasting: Service
) -> None:
    """Their chat works and says hello like to anybody, and their browser opens an empty room."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    await told.caller.does(MenuInput(MenuWish.MENU))
    assert told.caller.said
    assert [each.participant_id for each in await rows(lasting, tables.addresses)] == [None]


# --- what forbids it ------------------------------------------------------------------------------


async def test_a_legal_hold_refuses_until_two_people_lifted_it(
    place: Place, lasting: Service
) -> None:
    """One asks, another lifts; then the wish can be done."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    held = await holding_legally.hold(lasting, told.id, HoldReason.POLICE, place.by)
    with pytest.raises(CannotForget) as refused:
        await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert refused.value.why is WhyNot.HELD
    assert (await holding_legally.list_held(lasting))[0].whose.participant_id == told.id
    with pytest.raises(Refusal, match="Nobody has asked"):
        await holding_legally.lift(lasting, held.id, By("b.worker", place.now))
    await holding_legally.ask_to_lift(lasting, held.id, place.by)
    with pytest.raises(Refusal, match="yourself"):
        await holding_legally.lift(lasting, held.id, By(place.by.who.upper(), place.now))
    await holding_legally.lift(lasting, held.id, By("b.worker", place.now))
    with pytest.raises(Refusal, match="No legal hold"):
        await holding_legally.lift(lasting, held.id, By("b.worker", place.now))
    await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)


async def test_words_that_nobody_read_and_an_open_concern_refuse(
    place: Place, lasting: Service
) -> None:
    """What may be about somebody's safety reaches a person before it is gone."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    await told.caller.types("what a nice day it was")
    with pytest.raises(CannotForget) as refused:
        await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert refused.value.why is WhyNot.UNREAD
    await told.caller.types("i want to kill myself")
    with pytest.raises(CannotForget) as refused:
        await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert refused.value.why is WhyNot.OPEN_CONCERN
    assert not erased_file.read(lasting.erased_file or Path())
    assert await rows(lasting, tables.erasures) == []


async def test_nobody_is_forgotten_where_it_could_not_be_remembered(
    place: Place, service: Service, tmp_path: Path
) -> None:
    """Otherwise a restored backup would bring them back, and nobody would know."""
    told = await _tell_much(place, service, "T-1001", CANARY)
    with pytest.raises(NowhereToRemember):
        await erasing.erase(service, told.id, place.by, Why.THEIR_WISH)
    (tmp_path / "file").write_text("")
    unwritable = replace(service, erased_file=tmp_path / "file" / "erased.log")
    with pytest.raises(NowhereToRemember):
        await erasing.erase(unwritable, told.id, place.by, Why.THEIR_WISH)
    assert (await rights.export(service, told.id)).participant == told.id


# --- after a restore ------------------------------------------------------------------------------


async def test_who_was_forgotten_is_forgotten_again_after_a_restore(
    small_place: Place, little: Service, tmp_path: Path
) -> None:
    """The older copy has them, its hold and its unread words: the file beside the keys decides."""
    told = await _tell_much(small_place, little, "T-1001", CANARY)
    other = await _tell_much(small_place, little, "T-2002", "something else")
    await told.caller.types("not read yet")
    held = await holding_legally.hold(little, told.id, HoldReason.COURT, small_place.by)
    copy = tmp_path / "copy.db"
    with sqlite3.connect(small_place.url.removeprefix("sqlite:///")) as live:
        live.execute("VACUUM INTO ?", (str(copy),))
    await holding_legally.ask_to_lift(little, held.id, small_place.by)
    await holding_legally.lift(little, held.id, By("b.worker", small_place.now))
    await _read_all(small_place, little)
    await erasing.erase(little, told.id, small_place.by, Why.THEIR_WISH)
    ids = await erasing.remembered(little)
    assert ids == [told.id]
    later = small_place.forward(DAY)
    async with Place(f"sqlite:///{copy}", later).open(node=2) as restored:
        back = replace(restored, erased_file=little.erased_file)
        assert (await rights.export(back, told.id)).words
        assert await erasing.replay(back, [*ids, "nobody0000000000"], later) == [told.id]
        assert await erasing.replay(back, ids, later) == []
        with pytest.raises(Refusal):
            await rights.export(back, told.id)
        assert (await rights.export(back, other.id)).words
    assert erased_file.read(little.erased_file or Path()) == [told.id]


class Killed(BaseException):
    """The process ends here, as by kill -9."""


def _die(*_: object) -> None:
    raise Killed


async def test_a_commit_that_failed_forgets_nobody_also_not_after_a_restore(
    place: Place, lasting: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full: they are there, and stay there when the list is replayed."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    with monkeypatch.context() as full:
        full.setattr(RootTransaction, "_connection_commit_impl", _say_full)
        with pytest.raises((DatabaseAway, OperationalError)):
            await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    await holding_legally.hold(lasting, told.id, HoldReason.COURT, place.by)
    assert await erasing.remembered(lasting) == []
    assert await erasing.replay(lasting, await erasing.remembered(lasting), place.now) == []
    assert (await rights.export(lasting, told.id)).participant == told.id
    assert await erasing.settle(lasting, is_newest=True) == []
    assert erased_file.unsettled(lasting.erased_file or Path()) == []


def _say_full(_: object) -> None:
    cause = sqlite3.OperationalError("database or disk is full")
    statement = "COMMIT"
    raise OperationalError(statement, {}, cause)


async def test_who_was_forgotten_by_a_process_that_died_at_once_is_remembered(
    place: Place, lasting: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It died between the commit and the line that says so: the next start writes that line."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    file = lasting.erased_file or Path()
    with monkeypatch.context() as dying:
        dying.setattr(erased_file, "remember", _die)
        with pytest.raises(Killed):
            await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert await rows(lasting, tables.participants) == []
    assert (erased_file.read(file), erased_file.unsettled(file)) == ([], [told.id])
    assert await erasing.settle(lasting, is_newest=True) == []
    assert erased_file.read(file) == [told.id]


async def test_an_empty_database_says_nothing_about_who_was_to_be_forgotten(
    service: Service, tmp_path: Path
) -> None:
    """Only a receipt proves it: a new database beside an old list knows of nobody."""
    lasting = replace(service, erased_file=tmp_path / "erased.log")
    erased_file.intend(tmp_path / "erased.log", "somebody")
    assert await erasing.settle(lasting, is_newest=True) == []
    assert erased_file.unsettled(tmp_path / "erased.log") == ["somebody"]


async def test_an_older_copy_cannot_tell_whether_it_came_to_that(
    place: Place, lasting: Service
) -> None:
    """They are there, and nobody can know: it is said, until somebody forgets them."""
    told = await _tell_much(place, lasting, "T-1001", CANARY)
    file = lasting.erased_file or Path()
    erased_file.intend(file, told.id)
    assert await erasing.settle(lasting, is_newest=False) == [told.id]
    assert await erasing.settle(lasting, is_newest=True) == [told.id]
    assert await rows(lasting, tables.participants)
    await erasing.erase(lasting, told.id, place.by, Why.THEIR_WISH)
    assert await erasing.settle(lasting, is_newest=True) == []
    assert erased_file.read(file) == [told.id]


# --- never ----------------------------------------------------------------------------------------


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    text=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80
    ),
    days=st.integers(0, 40),
)
async def test_whatever_somebody_wrote_and_whenever_it_is_gone(
    small_place: Place, little: Service, text: str, days: int
) -> None:
    """A planted sentence is in no table and no file afterwards, and the next person stays whole."""
    planted = f"planted-{days}-walrus {text}"
    told = await _tell_much(small_place, little, f"T-{1000 + days}-{len(text)}", planted)
    other = await _tell_much(small_place, little, f"T-{3000 + days}", "hello")
    theirs = await _theirs(little, other.id)
    small_place.forward(timedelta(days=days))
    await erasing.erase(little, told.id, small_place.by, Why.THEIR_WISH)
    left = await _everything(little)
    assert f"planted-{days}-walrus" not in repr(left)
    assert f"planted-{days}-walrus".encode() not in _bytes_on_disk(small_place.url)
    assert await _theirs(little, other.id) == theirs

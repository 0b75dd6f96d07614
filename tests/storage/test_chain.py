"""The audit is one chain: whatever is changed in it is found, and its place is named."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, update

from storage import audit, chain, tables
from storage.audit import Proof, Wanted, WrongKind
from storage.casework import Casework, Opener
from storage.chain import End
from storage.database import run_once
from storage.sequence import Sequence as Numbers
from storage.tables import marks
from storage.vault import Vault
from tests.storage.rooms import MINUTE, NOW, Room

Change = Callable[[Connection], object]
lines = tables.audit


class Undo(Exception):
    """Ends a transaction of which nothing may stay."""


def note(work: Casework, at: datetime) -> None:
    audit.note(work, "a.worker", "read words", f"id-{at}", at)


def write(room: Room, number: int, first: int = 0) -> list[int]:
    """Write some lines, a transaction each; return the numbers of all that are there."""
    for each in range(first, first + number):
        at = NOW + each * MINUTE
        room.do(partial(note, at=at))
    return room.do(lambda work: [*work.connection.execute(select(lines.c.id)).scalars()])


def write_old(room: Room, number: int) -> None:
    """Write lines as they were written before there was a chain."""
    rows = [
        {
            "id": each + 1,
            "at": NOW,
            "who": "a.one",
            "did": "signed in",
            "target": "",
            "digest": None,
        }
        for each in range(number)
    ]
    room.do(lambda work: work.connection.execute(insert(lines), rows))


def proof(room: Room, change: Change | None = None, anchors: Sequence[End] = ()) -> Proof:
    """Walk along the chain after a change that is undone again."""
    found: list[Proof] = []

    def work(connection: Connection) -> None:
        if change is not None:
            change(connection)
        found.append(audit.walk(connection, *chain.read(connection, room.opener.vault), anchors))
        raise Undo

    with pytest.raises(Undo):
        run_once(room.url, work)
    return found[0]


def end_of(room: Room) -> End:
    _, end = room.do(lambda work: chain.read(work.connection, work.vault))
    assert end is not None
    return end


def kinds(found: Proof) -> list[tuple[WrongKind, int | None]]:
    return [(each.kind, each.line) for each in found.wrongs]


def on(number: int, **values: Any) -> Change:
    return lambda c: c.execute(update(lines).where(lines.c.id == number).values(**values))


def gone(*numbers: int) -> Change:
    return lambda c: c.execute(delete(lines).where(lines.c.id.in_(numbers)))


def test_a_chain_that_nobody_touched_is_whole(room: Room) -> None:
    write_old(room, 3)
    write(room, 5)
    found = proof(room)
    assert (found.wrongs, found.before, found.end) == ([], 3, end_of(room))
    assert end_of(room).count == 5


def test_an_audit_without_any_line_is_whole_and_so_is_one_from_before_the_chain(room: Room) -> None:
    assert proof(room).wrongs == []
    write_old(room, 2)
    assert proof(room).wrongs == []


@pytest.mark.parametrize("column", ["who", "did", "target"])
def test_a_changed_word_is_found_at_its_line(room: Room, column: str) -> None:
    numbers = write(room, 5)
    found = proof(room, on(numbers[2], **{column: "something else"}))
    assert kinds(found) == [(WrongKind.NOT_BOUND, numbers[2])]
    assert found.wrongs[0].fits_up_to == numbers[1]


def test_a_changed_time_digest_or_number_is_found(room: Room) -> None:
    numbers = write(room, 5)
    later = proof(room, on(numbers[1], at=NOW + timedelta(days=3)))
    assert kinds(later) == [(WrongKind.NOT_BOUND, numbers[1])]
    other = proof(room, on(numbers[1], digest=b"x" * 32))
    assert kinds(other)[0] == (WrongKind.NOT_BOUND, numbers[1])
    moved = proof(room, on(numbers[1], id=numbers[1] + 1))
    assert kinds(moved)[0] == (WrongKind.NOT_BOUND, numbers[1] + 1)


def test_a_line_taken_out_is_found_where_it_stood(room: Room) -> None:
    numbers = write(room, 5)
    found = proof(room, gone(numbers[2]))
    assert kinds(found)[0] == (WrongKind.NOT_BOUND, numbers[3])
    assert found.wrongs[0].fits_up_to == numbers[1]
    assert (found.wrongs[-1].kind, found.wrongs[-1].missing) == (WrongKind.END, 1)


def test_lines_that_changed_places_are_found(room: Room) -> None:
    numbers = write(room, 5)

    def swap(connection: Connection) -> None:
        for number, other in ((numbers[1], 1), (numbers[2], numbers[1]), (1, numbers[2])):
            on(number, id=other)(connection)

    assert kinds(proof(room, swap))[0] == (WrongKind.NOT_BOUND, numbers[1])


def test_lines_cut_off_the_end_are_found(room: Room) -> None:
    numbers = write(room, 5)
    found = proof(room, gone(*numbers[3:]))
    assert [each.kind for each in found.wrongs] == [WrongKind.END]
    assert (found.wrongs[0].fits_up_to, found.wrongs[0].missing) == (numbers[2], 2)


def test_a_line_put_in_is_found_with_and_without_a_digest(room: Room) -> None:
    numbers = write(room, 5)
    row = {"id": numbers[2] + 1, "at": NOW, "who": "a.thief", "did": "nothing", "target": ""}
    for digest, kind in ((b"y" * 32, WrongKind.NOT_BOUND), (None, WrongKind.WITHOUT_DIGEST)):
        found = proof(
            room, partial(Connection.execute, statement=insert(lines).values(**row, digest=digest))
        )
        assert kinds(found)[0] == (kind, row["id"])


def test_the_first_link_covers_the_lines_from_before_the_chain(room: Room) -> None:
    write_old(room, 4)
    numbers = write(room, 2)
    for change in (on(2, who="somebody else"), gone(2), gone(4)):
        assert kinds(proof(room, change))[0] == (WrongKind.NOT_BOUND, numbers[4])


def test_cutting_the_end_and_setting_the_head_back_is_found_by_the_head_outside(room: Room) -> None:
    write(room, 3)
    earlier = end_of(room)
    numbers = write(room, 2, first=3)
    outside = end_of(room)

    def forge(connection: Connection) -> None:
        gone(*numbers[3:])(connection)
        head = update(marks).where(marks.c.name == chain.HEAD)
        connection.execute(head.values(value=earlier.written()))

    assert proof(room, forge).wrongs == []
    (wrong,) = proof(room, forge, [earlier, outside]).wrongs
    assert (wrong.kind, wrong.line, wrong.missing) == (WrongKind.ANCHOR, outside.last, 2)
    assert proof(room, None, [earlier, outside]).wrongs == []


def test_writing_the_whole_audit_anew_with_another_key_is_found_by_the_head_outside(
    room: Room,
) -> None:
    write(room, 3)
    outside = end_of(room)
    forger = Room(room.url)
    chance = random.Random(13).randbytes  # noqa: S311 - the same in every run
    forger.opener = Opener(Vault([b"f" * 32], chance), Numbers(1), chance)
    room.do(lambda work: work.connection.execute(delete(lines)))
    room.do(lambda work: work.connection.execute(delete(marks).where(marks.c.name != "identity")))
    write(forger, 3)
    assert proof(forger).wrongs == []
    assert [each.kind for each in proof(forger, None, [outside]).wrongs] == [WrongKind.ANCHOR]


@pytest.mark.parametrize("name", [chain.HEAD, chain.KEY])
def test_a_chain_whose_head_or_key_is_gone_is_not_whole(room: Room, name: str) -> None:
    write(room, 3)
    found = proof(room, lambda c: c.execute(delete(marks).where(marks.c.name == name)))
    assert [each.kind for each in found.wrongs] == [WrongKind.NO_HEAD]


def test_work_goes_on_where_the_head_was_taken_away(room: Room) -> None:
    write(room, 3)
    room.do(lambda work: work.connection.execute(delete(marks).where(marks.c.name == chain.HEAD)))
    write(room, 2, first=3)
    assert (proof(room).wrongs, end_of(room).count) == ([], 5)


COLUMNS = st.sampled_from(["at", "who", "did", "target", "digest", "id", "row"])


@given(st.integers(0, 9), COLUMNS, st.binary(min_size=1, max_size=40))
def test_any_single_change_of_what_is_stored_is_found(
    shared_room: Room, which: int, column: str, to: bytes
) -> None:
    """Lines 0 to 2 are from before the chain, the rest are chained; the marks count, too."""
    if not shared_room.do(lambda w: w.connection.execute(select(lines.c.id)).first()):
        write_old(shared_room, 3)
        write(shared_room, 7)
    numbers = shared_room.do(lambda w: [*w.connection.execute(select(lines.c.id)).scalars()])
    value: dict[str, object] = {
        "at": NOW + timedelta(milliseconds=1 + int.from_bytes(to[:4], "big")),
        "who": "x" + to.hex(),
        "did": "x" + to.hex(),
        "target": "x" + to.hex(),
        "digest": to,
        "id": 10**6 + int.from_bytes(to[:4], "big"),
    }
    number = numbers[which]
    change = gone(number) if column == "row" else on(number, **{column: value[column]})
    assert proof(shared_room).wrongs == []
    assert proof(shared_room, change).wrongs


def test_processes_that_write_at_once_make_one_chain(room: Room) -> None:
    """Each numbers its own lines: on PostgreSQL a later number may be there first."""

    def process(node: int) -> None:
        chance = random.Random(node).randbytes  # noqa: S311 - the same in every run
        own = Room(room.url)
        own.opener = Opener(Vault([b"k" * 32], chance), Numbers(node), chance)
        write(own, 12, first=node)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(process, (1, 2, 3)))
    found = proof(room)
    assert (found.wrongs, end_of(room).count) == ([], 36)


def test_the_key_of_the_chain_is_sealed_and_a_rotation_leaves_the_chain_as_it_is(
    room: Room,
) -> None:
    write(room, 3)
    before = end_of(room)
    chance = random.Random(9).randbytes  # noqa: S311 - the same in every run
    both = Vault([b"n" * 32, b"k" * 32], chance)
    assert room.do(lambda work: chain.reseal(work.connection, both))
    assert not room.do(lambda work: chain.reseal(work.connection, both))
    room.opener = Opener(Vault([b"n" * 32], chance), Numbers(1), chance)
    assert (proof(room).wrongs, end_of(room)) == ([], before)
    write(room, 2, first=3)
    assert proof(room).wrongs == []


def test_lines_are_listed_the_newest_first_and_narrowed(room: Room) -> None:
    numbers = write(room, 4)
    room.do(lambda work: audit.note(work, "b.other", "signed in", "staff", NOW + 9 * MINUTE))

    def listed(wanted: Wanted) -> list[str]:
        found = room.do(lambda work: audit.newest(work.connection, wanted))
        return [f"{each.who} {each.did}" for each in found]

    assert listed(Wanted(most=2)) == ["b.other signed in", "a.worker read words"]
    assert listed(Wanted(who="b.other")) == ["b.other signed in"]
    assert listed(Wanted(did="signed in")) == ["b.other signed in"]
    assert len(listed(Wanted(since=NOW + MINUTE, until=NOW + 3 * MINUTE))) == 2
    assert len(listed(Wanted(below=numbers[2]))) == 2
    assert room.do(lambda work: audit.names(work.connection)) == ["a.worker", "b.other"]

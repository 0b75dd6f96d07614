"""Few people of one quarter stay hidden through all the quarters that speak of the caseload."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest

from outcomes.audit.attacker import Audit, audit
from outcomes.audit.puzzle import HOW_MANY
from outcomes.audit.unknowns import systems
from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.quarter import Quarter
from outcomes.raw import EVERYBODY, RawTable, RawTables, Row
from outcomes.scenario import Verdict
from tests.outcomes.audit.everything import COUNTY, DERBY, OTHER, RULES, box, measure, rounded

FIRST = Quarter.parse("2026/27-Q1")
ACCEPTED = {DERBY: 9, COUNTY: 12, OTHER: 8}
CLOSED = ({DERBY: 1, COUNTY: 9, OTHER: 7}, {DERBY: 8, COUNTY: 9, OTHER: 9})
"""In the first quarter one child's support ended in one place; many ended ever after."""


def quarters(many: int) -> list[Entry]:
    """The releases of some quarters in turn: who was accepted, who ended, who is still there."""
    found, open_now = [], dict.fromkeys(Commissioner, 20)
    quarter = FIRST
    for number in range(many):
        closed = CLOSED[min(number, 1)]
        open_now = {who: open_now[who] + ACCEPTED[who] - closed[who] for who in Commissioner}
        people = {"accepted": ACCEPTED, "closed": closed, "open": open_now}
        raw = RawTables(
            quarter,
            [measure()],
            tables=[
                RawTable(
                    name, None, (EVERYBODY,), {(box(w, quarter), EVERYBODY): n for w, n in each}
                )
                for name, each in ((name, each.items()) for name, each in people.items())
            ],
            rows=[Row(name, name, frozenset({EVERYBODY})) for name in people],
        )
        found.append(Entry(f"release-{number}", raw, rounded(raw), RULES))
        quarter = quarter.following
    return found


def audited_in_turn(entries: list[Entry]) -> tuple[list[Entry], list[Audit]]:
    """Each release as it is kept, and what its audit found."""
    earlier: list[Entry] = []
    audits = []
    for entry in entries:
        found = audit(entry, earlier)
        audits.append(found)
        earlier.append(replace(entry, witnesses=found.witnesses))
    return earlier, audits


def test_one_child_of_the_first_quarter_is_hidden_in_every_later_one() -> None:
    _, audits = audited_in_turn(quarters(8))
    assert [each.verdict for each in audits] == [Verdict.SAFE] * 8


def test_what_hid_them_once_need_not_be_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = audited_in_turn(quarters(6))
    forgotten = [replace(each, witnesses=()) for each in kept[:-1]]
    monkeypatch.setattr("outcomes.audit.hunt.small_moves", lambda _: iter(()))
    remembering, beginning_anew = audit(kept[-1], kept[:-1]), audit(kept[-1], forgotten)
    assert remembering.verdict is beginning_anew.verdict is Verdict.SAFE
    assert remembering.solved == 0 < beginning_anew.solved


def test_how_many_were_accepted_later_may_make_up_for_an_earlier_quarter() -> None:
    first, second, third = quarters(3)
    (system,) = (each for each in systems(third, [first, second]) if each.name == HOW_MANY)
    later = {each.table for each in system.atoms if each.place.quarter > FIRST}
    assert later == {"accepted", "open"}


def test_a_whole_difference_is_kept_with_the_release_that_it_is_about() -> None:
    kept, _ = audited_in_turn(quarters(3))
    releases = [{count.release for each in one.witnesses for count in each} for one in kept]
    assert releases == [{""}, {"release-0"}, {"release-0"}]


@pytest.mark.parametrize("longer", [True, False])
def test_what_was_kept_is_read_as_it_was_written(*, longer: bool) -> None:
    """Also in the shorter way of before, which named neither release nor age nor strand."""
    kept, _ = audited_in_turn(quarters(2))
    content = json.loads(zlib.decompress(kept[-1].to_bytes()))
    if not longer:
        content["witnesses"] = [[each[:5] for each in one] for one in content["witnesses"]]
    read = Entry.from_bytes(zlib.compress(json.dumps(content).encode())).witnesses
    short = [[count[:5] for count in each] for each in read]
    assert short == [[count[:5] for count in each] for each in kept[-1].witnesses]
    assert (read == kept[-1].witnesses) is longer

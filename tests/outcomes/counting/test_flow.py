"""How far an episode came, and the one reason why no further."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from outcomes.counting.flow import Contact, Missing, Path
from outcomes.counting.pairing import closing, opening
from outcomes.episode import CloseReason
from outcomes.measures.measure import Windows
from outcomes.observation import Asking, AskingOutcome, Observation
from tests.outcomes.people import CLOSED, OPENED, answer, asking, episode

AT_START = asking(outcome="no-reply")
AT_END = asking(on=CLOSED, wave="end", outcome="no-reply")
NO_AT_START = asking(outcome="declined")
NO_AT_END = asking(on=CLOSED, wave="end", outcome="declined")


def path(
    answers: list[Observation],
    askings: list[Asking],
    reason: CloseReason = CloseReason.PLANNED,
) -> Path:
    first_days, last_days = opening(episode(), Windows()), closing(CLOSED, Windows())
    return Contact(answers, askings, first_days, last_days, reason).path()


FIRST, LAST = answer(on=OPENED), answer(on=CLOSED, wave="end")


@pytest.mark.parametrize(
    ("answers", "askings", "missing"),
    [
        ([], [], Missing.NOT_ASKED),
        ([], [asking(outcome="not-asked")], Missing.NOT_ASKED),
        ([], [asking(outcome="not-suitable")], Missing.NOT_SUITABLE),
        ([FIRST], [asking(on=CLOSED, outcome="withdrawn")], Missing.WITHDRAWN),
        ([FIRST, LAST], [], Missing.NOT_COMPARABLE),
        ([], [AT_START, AT_END], Missing.NO_REPLY),
        ([], [NO_AT_START, AT_END], Missing.DECLINED),
        ([], [AT_START, NO_AT_END], Missing.NO_REPLY),
        ([FIRST], [AT_START, NO_AT_END], Missing.DECLINED),
        ([FIRST], [NO_AT_START, AT_END], Missing.NO_REPLY),
        ([FIRST], [AT_START], Missing.NOT_ASKED),
        ([FIRST], [asking(on=CLOSED, outcome="not-asked")], Missing.NOT_ASKED),
        ([LAST], [AT_START], Missing.NO_REPLY),
        ([], [asking(outcome="answered")], Missing.DECLINED),
        ([answer(scores={})], [asking(outcome="answered")], Missing.DECLINED),
    ],
)
def test_each_unpaired_episode_has_one_reason(
    answers: list[Observation], askings: list[Asking], missing: Missing
) -> None:
    assert missing is path(answers, askings).missing


def test_somebody_who_left_without_a_goodbye_is_counted_as_that() -> None:
    left = CloseReason.DISENGAGED
    assert path([FIRST], [AT_START, AT_END], left).missing is Missing.DISENGAGED
    assert path([LAST], [AT_START], left).missing is Missing.NO_REPLY


GONE_AT_START = asking(outcome="gone-quiet")
GONE_AT_END = asking(on=CLOSED, wave="end", outcome="gone-quiet")


@pytest.mark.parametrize(
    ("answers", "askings", "missing"),
    [
        ([FIRST], [AT_START, GONE_AT_END], Missing.DISENGAGED),
        ([], [AT_START, GONE_AT_END], Missing.DISENGAGED),
        ([], [NO_AT_START, GONE_AT_END], Missing.DISENGAGED),
        ([FIRST], [GONE_AT_END, asking(on=CLOSED, outcome="not-asked")], Missing.DISENGAGED),
        # Where one of two was still there, the answer is missing for their reason.
        ([FIRST], [GONE_AT_END, AT_END], Missing.NO_REPLY),
        ([FIRST], [GONE_AT_END, NO_AT_END], Missing.DECLINED),
        # Gone at the start is no reply then: nobody knows yet whether they come back.
        ([], [GONE_AT_START, AT_END], Missing.NO_REPLY),
        ([LAST], [GONE_AT_START], Missing.NO_REPLY),
        ([FIRST, LAST], [GONE_AT_END], Missing.NOT_COMPARABLE),
        ([FIRST], [GONE_AT_END, asking(on=CLOSED, outcome="withdrawn")], Missing.WITHDRAWN),
    ],
)
def test_whoever_had_gone_quiet_when_the_last_answer_was_due_is_counted_as_that(
    answers: list[Observation], askings: list[Asking], missing: Missing
) -> None:
    assert missing is path(answers, askings).missing


@pytest.mark.parametrize(
    ("answers", "askings", "stages"),
    [
        ([], [], (False, False, False)),
        ([], [asking(outcome="not-asked")], (False, False, False)),
        ([], [AT_START], (True, False, False)),
        ([FIRST], [], (True, True, False)),
        ([LAST], [AT_END], (True, False, True)),
        ([FIRST, LAST], [], (True, True, True)),
        ([answer(on=OPENED + timedelta(days=80))], [AT_START], (True, False, False)),
    ],
)
def test_the_stages_reached_are_told(
    answers: list[Observation], askings: list[Asking], stages: tuple[bool, bool, bool]
) -> None:
    found = path(answers, askings)
    assert stages == (found.asked, found.first, found.last)


def test_every_path_that_can_be_taken_is_on_the_list() -> None:
    days = (OPENED, OPENED + timedelta(days=80), CLOSED)
    records = [[asking(on=day, outcome=each.value) for each in AskingOutcome] for day in days]
    listed = {each.label for each in Path.every()}
    taken = {
        path(answers, [one, other], reason).label
        for answers in ([], [FIRST], [LAST], [FIRST, LAST])
        for one in records[0] + records[1]
        for other in records[1] + records[2]
        for reason in CloseReason
    }
    taken |= {path([], [one], reason).label for one in records[0] for reason in CloseReason}
    assert taken <= listed
    assert len(listed) == len(Path.every())


def test_nobody_waits_for_a_day_that_never_came() -> None:
    assert date(2026, 12, 18) == closing(CLOSED, Windows()).ends

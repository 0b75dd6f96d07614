"""Measuring: the labelled texts, the figures, and the floors that they must not fall below."""

from __future__ import annotations

import pytest

from surveys.concern_evaluation import (
    CategoryReport,
    Report,
    Share,
    evaluate,
)
from surveys.concern_kinds import ConcernCategory, ConcernLevel
from surveys.concern_labels import (
    Batch,
    LabelledText,
    load_labelled_texts,
)
from surveys.concern_rulebook import load_rulebook
from tests.surveys.fit_concern_points import TABLE, all_signs, make_table

CRISIS_FLOOR = 0.96
CONCERN_FLOOR = 0.96
FALSE_ALARM_CEILING = 0.05
# The half of the blind texts that was never learnt from: indirect wording, many sayings.
BLIND_CRISIS_FLOOR = 0.94
BLIND_CONCERN_FLOOR = 0.95
BLIND_FALSE_ALARM_CEILING = 0.09


@pytest.fixture(scope="module")
def texts() -> tuple[LabelledText, ...]:
    return load_labelled_texts()


@pytest.fixture(scope="module")
def held_out(texts: tuple[LabelledText, ...]) -> Report:
    return evaluate(row for row in texts if row.held_out)


def test_the_labelled_set_is_large_and_every_text_is_there_once(
    texts: tuple[LabelledText, ...],
) -> None:
    everyday = [row for row in texts if row.level is ConcernLevel.NONE]
    assert len(texts) >= 13_600
    assert len(everyday) >= 6100
    written = [row.text for row in texts if row.batch is not Batch.FRESH]
    assert len(written) >= len(set(written)) > 0.99 * len(written)


def test_held_out_texts_meet_the_floors(held_out: Report) -> None:
    """Lower a floor only with the clinical safety officer; see docs/concerns.md."""
    assert held_out.crisis_recall.rate >= CRISIS_FLOOR
    assert held_out.concern_recall.rate >= CONCERN_FLOOR
    assert held_out.false_alarms.rate <= FALSE_ALARM_CEILING


def test_texts_written_after_the_rules_meet_the_floors(texts: tuple[LabelledText, ...]) -> None:
    fresh = evaluate(row for row in texts if row.batch is Batch.FRESH)
    assert fresh.crisis_recall.rate >= CRISIS_FLOOR
    assert fresh.concern_recall.rate >= CONCERN_FLOOR
    assert fresh.false_alarms.rate <= FALSE_ALARM_CEILING


def test_blind_texts_never_learnt_from_meet_floors_of_their_own(
    texts: tuple[LabelledText, ...],
) -> None:
    blind = evaluate(row for row in texts if row.batch is Batch.BLIND and row.held_out)
    assert blind.crisis_recall.rate >= BLIND_CRISIS_FLOOR
    assert blind.concern_recall.rate >= BLIND_CONCERN_FLOOR
    assert blind.false_alarms.rate <= BLIND_FALSE_ALARM_CEILING


def test_no_category_of_crisis_is_left_far_behind(held_out: Report) -> None:
    crisis = [row for row in held_out.categories if row.level is ConcernLevel.CRISIS]
    assert min(row.reaches_person.rate for row in crisis) >= 0.85


def test_the_points_in_use_are_those_that_the_texts_give(texts: tuple[LabelledText, ...]) -> None:
    """When this fails: rules or texts changed; run tests/surveys/fit_concern_points.py."""
    rows = [row for row in texts if not row.held_out]
    fitted = make_table(rows, all_signs(rows, load_rulebook())).splitlines()
    in_use = TABLE.read_text(encoding="utf-8").splitlines()
    assert fitted[:2] == in_use[:2]
    assert {line.split(",")[0] for line in fitted} ^ {
        line.split(",")[0] for line in in_use
    } == set()


def test_a_share_has_its_wilson_interval() -> None:
    low, high = Share(9, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert Share(10, 10).interval[1] == pytest.approx(1)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(0, 0).rate == 0.0


def test_a_report_counts_recall_and_false_alarms_by_category() -> None:
    crisis, none = ConcernLevel.CRISIS, ConcernLevel.NONE
    report = evaluate(
        [
            LabelledText("i want to die", crisis, "Suicide"),
            LabelledText("ok", crisis, "Suicide"),
            LabelledText("football was good", none, "everyday"),
            LabelledText("i want to die", none, "everyday"),
        ]
    )
    assert report.crisis_recall == Share(1, 2)
    assert report.reaches_person == Share(1, 2)
    assert report.false_alarms == Share(1, 2)
    assert report.concern_recall == Share(0, 0)
    assert report.over_graded == Share(0, 0)
    assert report.categories == (
        CategoryReport(crisis, "Suicide", Share(1, 2), Share(1, 2), Share(1, 2)),
        CategoryReport(none, "everyday", Share(1, 2), Share(1, 2), None),
    )
    alarms = {each.category: each.alarms for each in report.alarms}
    assert set(alarms) == set(ConcernCategory)
    assert alarms[ConcernCategory.SUICIDE] == Share(1, 2)
    assert alarms[ConcernCategory.BULLYING] == Share(0, 2)


@pytest.mark.parametrize("written", ["self-harm", "Self_harm", "SELF HARM"])
def test_a_category_is_known_in_whatever_way_it_is_written(written: str) -> None:
    row = LabelledText("i cut myself last night", ConcernLevel.CRISIS, written)
    assert evaluate([row]).categories[0].named == Share(1, 1)


def test_a_concern_graded_as_a_crisis_is_counted_as_over_graded() -> None:
    row = LabelledText("i want to die", ConcernLevel.CONCERN, "suicide")
    report = evaluate([row])
    assert report.over_graded == Share(1, 1)
    assert report.concern_recall == Share(1, 1)


def test_a_third_of_the_first_batch_is_held_out_and_always_the_same(
    texts: tuple[LabelledText, ...],
) -> None:
    first = [row for row in texts if row.batch is Batch.FIRST]
    share = sum(row.held_out for row in first) / len(first)
    assert 0.28 < share < 0.38
    assert not any(row.held_out for row in texts if row.batch is Batch.FURTHER)

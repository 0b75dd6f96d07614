"""Counting made-up people whose figures can be worked out in the head."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from time import process_time

import pytest

from outcomes.counting.flow import Missing, Stage
from outcomes.counting.tally import count_period
from outcomes.episode import (
    AgeBand,
    Audience,
    Axis,
    CloseReason,
    Commissioner,
    EpisodeFacts,
    Lives,
    StaffFacts,
    Strand,
)
from outcomes.errors import BadFactsError, BadMeasureError, NotProtectedError
from outcomes.facts import Begun, Facts, FollowUp, Heard, SdqTotal
from outcomes.measures.measure import Measure, Statistic, Windows
from outcomes.measures.recipe import HOME_ITEMS, Mark, Recipe, Sorting
from outcomes.observation import Asking, Observation, Role
from outcomes.quarter import Quarter
from outcomes.raw import EVERYBODY, Group, Part
from tests.outcomes.caseload import (
    CLOSED,
    COUNTY,
    DERBY,
    OTHER,
    Q3,
    YEAR,
    count,
    home,
    only,
    rate,
    star,
    step,
    support,
)

ALL = tuple(Commissioner)
(M05,) = only("M05")


def feelings(first: int | None, last: int | None, **changes: object) -> Facts:
    """Five children, all with these answers on feelings; None: did not answer."""
    episodes = [support(f"e{number}", **changes) for number in range(5)]
    said = [
        star(each, 1, {"feelings": score}, wave)
        for each in episodes
        for score, wave in ((first, "start"), (last, "end"))
        if score is not None
    ]
    return Facts(tuple(episodes), tuple(said))


def together(*parts: Facts) -> Facts:
    """Put services side by side, with a pseudonym of its own for every piece of support."""
    return Facts(
        tuple(
            replace(each, key=f"{number}/{each.key}")
            for number, part in enumerate(parts)
            for each in part.episodes
        ),
        tuple(
            replace(each, episode=f"{number}/{each.episode}")
            for number, part in enumerate(parts)
            for each in part.observations
        ),
    )


def test_children_are_counted_by_what_they_said() -> None:
    raw = count(
        together(
            feelings(2, 4),
            feelings(3, 3, commissioner=COUNTY),
            feelings(4, 1, commissioner=OTHER),
            feelings(5, 5),
            feelings(5, 2, commissioner=COUNTY),
            feelings(1, 1),
            feelings(2, None, commissioner=OTHER),
            feelings(None, None),
        )
    )
    assert (30, 40) == rate(raw, "M04")
    assert (5, 20) == rate(raw, "M05")
    assert (10, 25) == rate(raw, "M05w")
    assert (5, 10) == rate(raw, "M05s")
    assert (5, 10) == rate(raw, "M05", [DERBY])
    assert 40 == raw.count("closed", ALL)
    assert 35 == step(raw, Stage.ANSWERED_FIRST)
    assert 30 == step(raw, Stage.ANSWERED_LAST)
    assert 35 == step(raw, Stage.ASKED)
    assert 10 == step(raw, Missing.NOT_ASKED)


def test_means_rest_on_first_and_last_answers_and_on_those_who_answered_only_first() -> None:
    raw = count(together(feelings(2, 4), feelings(3, None), feelings(5, None)))
    mean, only_first = [each for each in raw.means if each.measure.area == "Feelings"]
    assert ("M06.Feelings.mean", "M06.Feelings.only-first") == (mean.key, only_first.key)

    def scores(table: str, of: Mapping[str, tuple[int, int]]) -> list[tuple[int, int]]:
        return [
            of[label]
            for _, label, people in raw.tables[table].entries()
            if label in of
            for _ in range(people)
        ]

    assert [(2, 4)] * 5 == scores(mean.table, mean.scores)
    assert [(3, 3)] * 5 + [(5, 5)] * 5 == sorted(scores(only_first.table, only_first.scores))
    assert 10 == raw.count(only_first.n, ALL)
    assert 5 == raw.count(mean.n, ALL)
    assert only_first.level_only
    assert not mean.level_only


def test_whoever_answered_at_the_end_as_well_did_not_answer_only_at_the_start() -> None:
    facts = support()
    newer = replace(star(facts, 0, {"feelings": 3}), version=2)
    said = (star(facts, 0, {"feelings": 3}, "start"), newer)
    raw = count(Facts((facts,), said))
    assert 1 == step(raw, Missing.NOT_COMPARABLE)
    assert 0 == raw.count("M06.Feelings.only-first", ALL)


def test_whoever_was_asked_and_said_nothing_was_asked() -> None:
    facts = support()
    asked = Asking("e1", "x", "young-person", "star", "start", facts.accepted_on, "no-reply")
    raw = count(Facts((facts,), askings=(asked,)))
    found = {each: step(raw, each) for each in (Stage.ASKED, Stage.ANSWERED_FIRST)}
    assert {Stage.ASKED: 1, Stage.ANSWERED_FIRST: 0} == found


def test_a_share_counts_only_people_that_it_is_a_share_of() -> None:
    fell = replace(M05, recipe=replace(M05.recipe, counts=Mark.FELL))
    raw = count(together(feelings(5, 2), feelings(4, 3)), Q3, (fell,))
    assert (5, 5) == rate(raw, "M05")


def test_the_two_honest_bounds_rest_on_who_could_have_answered_and_who_was_compared() -> None:
    raw = count(together(feelings(2, 4), feelings(5, 5), feelings(3, None)))
    better = next(each for each in raw.rates if each.measure.id == "M05")
    assert better.eligible == "star/young-person.eligible"
    assert better.paired == "star/young-person:feelings.compared"
    assert 15 == raw.count(better.eligible, ALL)
    assert 10 == raw.count(better.paired, ALL)
    held = next(each for each in raw.rates if each.measure.id == "M05s")
    assert held.eligible is None


def test_carers_have_a_rate_of_their_own_of_who_answered_twice() -> None:
    raw = count(together(carer((2, 4), (2, 2)), feelings(2, 4)))
    assert (1, 6) == rate(raw, "M04c")
    assert (5, 6) == rate(raw, "M04")


def test_imported_totals_stand_beside_all_support_that_could_have_had_them() -> None:
    with_totals = totals((0, 17), (120, 16))
    episodes = (*with_totals.episodes, support("e2"), support("e3"))
    raw = count(replace(with_totals, episodes=episodes))
    better, worse = [each for each in raw.rates if each.measure.id in ("M16", "M16w")][:2]
    assert ("closed", "sdq/parent.compared") == (better.eligible, better.paired)
    assert (better.eligible, better.paired) == (worse.eligible, worse.paired)
    assert (3, 1) == tuple(raw.count(row or "", ALL) for row in (better.eligible, better.paired))


def test_a_skipped_question_is_never_a_number() -> None:
    facts = support()
    said = (star(facts, 0, {"home": 2, "feelings": 2}, "start"), star(facts, 0, {"home": 4}))
    raw = count(Facts((facts,), said))
    assert (1, 1) == rate(raw, "M04")
    assert (0, 0) == rate(raw, "M05")
    compared = {
        each.measure.area: raw.count(each.n, ALL) for each in raw.means if not each.level_only
    }
    assert {"Home"} == {area for area, people in compared.items() if people}


def test_another_version_of_the_questions_is_not_compared_and_the_flow_says_so() -> None:
    facts = support()
    said = tuple(
        replace(star(facts, 0, {"feelings": 3}, wave), version=2) for wave in ("start", "end")
    )
    raw = count(Facts((facts,), said))
    assert (0, 1) == rate(raw, "M04")
    assert 1 == step(raw, Missing.NOT_COMPARABLE)


def test_a_child_who_took_part_in_other_support_is_not_left_out() -> None:
    other = support("other", strand=Strand.CONSULTATION)
    quiet = support("quiet", strand=Strand.CONSULTATION)
    asked = Asking("other", "x", "young-person", "star", "start", other.accepted_on, "no-reply")
    never = replace(asked, episode="quiet", outcome="not-asked")
    raw = count(Facts((other, quiet), askings=(asked, never)))
    assert (0, 1) == rate(raw, "M04")


def carer(settled: tuple[int, int], others: tuple[int, int], **changes: object) -> Facts:
    """One carer with these first and last answers about home."""
    facts = support(**changes)
    said = tuple(
        home(facts, {"settled": settled[at], **dict.fromkeys(HOME_ITEMS[1:], others[at])}, wave)
        for at, wave in enumerate(("start", "end"))
    )
    return Facts((facts,), said)


def without(facts: Facts, item: str) -> Facts:
    """The same carer, who skipped one question at the end."""
    first, last = facts.observations
    kept = {name: score for name, score in last.scores.items() if name != item}
    return replace(facts, observations=(first, replace(last, scores=kept)))


def test_carers_are_counted_by_home_and_by_being_surer_of_what_to_do() -> None:
    better, same = (2, 4), (3, 3)
    raw = count(
        together(
            carer(better, better),
            carer(better, better),
            carer(better, same),
            carer(same, better),
            without(carer(better, better), "responding"),
            without(carer(better, better), "understanding"),
            carer(better, better, lives=Lives.RESIDENTIAL),
            carer(better, better, lives=Lives.KINSHIP, commissioner=COUNTY),
        )
    )
    assert (6, 7) == rate(raw, "M09")
    assert (3, 4) == rate(raw, "M09b")
    assert (5, 6) == rate(raw, "M08")
    assert 7 == step(raw, Stage.PAIRED, "carer-star/carer")


def test_an_outsider_who_knows_that_all_rose_knows_that_each_rose_and_so_does_the_table() -> None:
    table = count(Facts(())).tables["carer-star/carer:home"]
    for label in table.classes:
        settled, knowing = label.split(" / ")
        if "all-others-rose" in settled:
            assert knowing == "rose"
        if "others-did-not-all-rise" in settled:
            assert knowing != "unscored"
    assert 12 == len(table.classes)


def test_a_change_of_carer_is_no_comparison() -> None:
    facts = support()
    said = tuple(home(facts, {"settled": 3}, wave, who) for wave, who in
                 (("start", "one"), ("end", "two")))  # fmt: skip
    raw = count(Facts((facts,), said))
    assert 0 == step(raw, Stage.PAIRED, "carer-star/carer")
    assert 1 == step(raw, Missing.NOT_COMPARABLE, "carer-star/carer")


def test_support_counts_on_the_day_that_the_measure_goes_by() -> None:
    first, last = Q3.first_day, Q3.last_day
    ended = {"closed_on": None, "close_reason": None}
    raw = count(
        Facts(
            (
                support("accepted and open", accepted_on=first, **ended),
                support("closed on the last day", closed_on=last),
                support("closed the day after", closed_on=last + timedelta(days=1)),
                support("closed before", closed_on=first - timedelta(days=1)),
                support("accepted later", accepted_on=last + timedelta(days=1), **ended),
            )
        )
    )
    assert {"closed": 1, "accepted": 1, "open": 2} == {
        name: raw.count(name, ALL) for name in ("closed", "accepted", "open")
    }


def noted(key: str, **changes: object) -> EpisodeFacts:
    return support(key, staff=StaffFacts(**changes))  # type: ignore[arg-type]  # by name


def test_what_nobody_noted_is_neither_yes_nor_no() -> None:
    episodes = (
        noted("settled", unplanned_moves=0, away_at_start=True, away_at_end=False),
        noted("moved", unplanned_moves=2, away_at_start=False, away_at_end=True),
        noted("not noted", away_at_start=True),
        replace(noted("with parents", unplanned_moves=1), lives=Lives.BIRTH_FAMILY),
        noted("far away", unplanned_moves=0, away_at_start=True, away_at_end=True),
    )
    raw = count(Facts(episodes))
    assert (1, 3) == rate(raw, "M12")
    assert (2, 3) == rate(raw, "M13")
    assert (2, 3) == rate(raw, "M13s")


@pytest.mark.parametrize(
    ("plan_on", "closed_on", "expected"),
    [
        (28, None, (1, 1)),
        (29, None, (0, 1)),
        (None, None, (0, 1)),
        (None, 27, (0, 0)),
        (None, 28, (0, 1)),
        (10, 20, (1, 1)),
    ],
)
def test_a_plan_is_in_time_within_28_days(
    plan_on: int | None, closed_on: int | None, expected: tuple[int, int]
) -> None:
    start = Q3.first_day

    def after(days: int | None) -> date | None:
        return None if days is None else start + timedelta(days=days)

    facts = support(
        accepted_on=start,
        closed_on=after(closed_on),
        close_reason=None if closed_on is None else CloseReason.PLANNED,
        staff=StaffFacts(plan_on=after(plan_on)),
    )
    assert expected == rate(count(Facts((facts,))), "M14")


@pytest.mark.parametrize(
    ("reason", "back", "gone"),
    [
        (CloseReason.PLANNED, None, 0),
        (CloseReason.DISENGAGED, None, 1),
        (CloseReason.DISENGAGED, 90, 0),
        (CloseReason.DISENGAGED, 91, 1),
        (CloseReason.DISENGAGED, -3, 1),
    ],
)
def test_somebody_who_stopped_coming_has_90_days_to_come_back(
    reason: CloseReason, back: int | None, gone: int
) -> None:
    closed = date(2026, 9, 30)
    back_on = None if back is None else closed + timedelta(days=back)
    facts = support(closed_on=closed, close_reason=reason, staff=StaffFacts(back_on=back_on))
    raw = count(Facts((facts,)))
    assert (gone, 1) == rate(raw, "M15")
    (box, _, _), *_ = raw.tables["closed-1-quarter-ago"].entries()
    assert Quarter.parse("2026/27-Q2") == box.quarter
    assert (0, 0) == rate(count(Facts((facts,)), Quarter.parse("2027/28-Q1")), "M15")


def test_whoever_could_not_have_answered_at_the_end_held_nothing() -> None:
    day = date(2026, 3, 2)
    quiet = support(accepted_on=date(2025, 10, 1), closed_on=day, strand=Strand.CONSULTATION)
    raw = count(Facts((quiet,)))
    (place,) = raw.tables["star/young-person:feelings:later"].entries()
    assert "not-compared-at-the-end" == place[1]
    assert (0, 0) == rate(raw, "M19")


def test_an_answer_three_months_later_says_nothing_about_six() -> None:
    facts = support(accepted_on=date(2025, 10, 1), closed_on=date(2026, 3, 2))
    said = (
        star(facts, 1, {"feelings": 2}, "start"),
        star(facts, 1, {"feelings": 4}),
        star(facts, 92, {"feelings": 4}, "3-months"),
    )
    assert (0, 0) == rate(count(Facts((facts,), said)), "M19")


@pytest.mark.parametrize(
    ("later", "expected"), [(4, (1, 1)), (3, (1, 1)), (2, (0, 1)), (None, (0, 0))]
)
def test_gains_are_held_when_at_most_one_step_is_lost_after_six_months(
    later: int | None, expected: tuple[int, int]
) -> None:
    facts = support(accepted_on=date(2025, 10, 1), closed_on=date(2026, 3, 2))
    said = [star(facts, 1, {"feelings": 2}, "start"), star(facts, 1, {"feelings": 4})]
    if later is not None:
        said.append(star(facts, 183, {"feelings": later}, "6-months"))
    raw = count(Facts((facts,), tuple(said)))
    assert expected == rate(raw, "M19")
    held = next(each for each in raw.rates if each.measure.id == "M19")
    assert held.eligible
    assert 1 == raw.count(held.eligible, ALL)


def totals(*found: tuple[int, int], informant: str = "parent") -> Facts:
    """One child with imported totals: days after the start, and the total."""
    facts = support()
    return Facts(
        (facts,),
        sdq=tuple(
            SdqTotal(facts.key, informant, facts.accepted_on + timedelta(days=days), total)
            for days, total in found
        ),
    )


@pytest.mark.parametrize(
    ("found", "better", "worse"),
    [
        (((0, 17), (120, 16)), (1, 1), (0, 1)),
        (((0, 13), (120, 14)), (0, 1), (1, 1)),
        (((0, 30), (120, 17)), (0, 1), (0, 1)),
        (((-90, 20), (262, 5)), (1, 1), (0, 1)),
        (((-91, 20), (120, 5)), (0, 0), (0, 0)),
        (((0, 20), (89, 5)), (0, 0), (0, 0)),
        (((0, 20), (60, 30), (120, 5)), (1, 1), (0, 1)),
        (((0, 20),), (0, 0), (0, 0)),
    ],
)
def test_an_imported_total_is_compared_by_its_band(
    found: tuple[tuple[int, int], ...], better: tuple[int, int], worse: tuple[int, int]
) -> None:
    raw = count(totals(*found))
    area = "Answered by parents or carers"
    assert better == rate(raw, "M16", area=area)
    assert worse == rate(raw, "M16w", area=area)
    assert (0, 0) == rate(raw, "M16", area="Answered by teachers")


def test_totals_of_different_people_are_never_compared() -> None:
    one, other = totals((0, 20)), totals((120, 5), informant="teacher")
    raw = count(replace(one, sdq=(*one.sdq, *other.sdq)))
    assert all((0, 0) == rate(raw, "M16", area=each.area) for each in only("M16"))


def test_an_adult_counts_with_each_question_that_they_answered() -> None:
    facts = support(strand=Strand.CONSULTATION)
    answers = (
        {"before": 2, "now": 4, "listened": 5, "useful": 4},
        {"before": 3, "now": 3, "listened": 5, "useful": 5},
        {"before": 3, "recommend": 4},
    )
    said = tuple(
        Observation(facts.key, f"p{number}", "professional", "adult-view", 1, "end", CLOSED, each)
        for number, each in enumerate(answers)
    )
    early = replace(said[0], respondent="early", on=Q3.first_day - timedelta(days=1))
    newer = replace(said[0], respondent="newer", version=2)
    stranger = replace(said[0], respondent="stranger", episode="nobody's")
    silent = replace(said[0], respondent="silent", scores={})
    raw = count(Facts((facts,), (*said, early, newer, stranger, silent)))
    assert 4 == sum(people for _, _, people in raw.tables["adult-view/professional"].entries())
    assert (1, 2) == rate(raw, "M10")
    assert (2, 2) == rate(raw, "M11", area="Listened to")
    assert (1, 2) == rate(raw, "M11", area="Useful")
    assert (0, 1) == rate(raw, "M11", area="Would recommend")


def view(who: str, scores: Mapping[str, int], **changes: object) -> Observation:
    """What an adult answered about our help to the child e1."""
    said = Observation("e1", who, "professional", "adult-view", 1, "end", CLOSED, scores)
    return replace(said, **changes)  # type: ignore[arg-type]  # any field, by name


SURER = {"before": 2, "now": 4, "listened": 5}
NOT_SURER = {"before": 3, "now": 3, "listened": 4}


def test_carers_and_professionals_are_counted_apart_and_nobody_from_before_the_help() -> None:
    raw = count(
        Facts(
            (support(),),
            (
                view("p1", SURER),
                view("p2", SURER, wave="start"),
                view("p3", NOT_SURER, wave="3-months"),
                view("p4", SURER, wave="review"),
                view("c1", NOT_SURER, role="carer"),
                view("c2", SURER, role="carer", wave="start"),
                view("c3", SURER, role="carer", wave="6-months"),
                view("y1", SURER, role="young-person"),
            ),
        )
    )
    assert (2, 3) == rate(raw, "M10")
    assert (2, 3) == rate(raw, "M11", area="Listened to")
    assert (1, 2) == rate(raw, "M10c")
    assert (1, 2) == rate(raw, "M11c", area="Listened to")


def test_a_busy_professional_is_one_person_with_their_last_answers_of_the_quarter() -> None:
    """Twelve answers, about the children of two councils: the last one counts, where it belongs."""
    episodes = (support("e1"), support("e2", commissioner=COUNTY))
    said = [
        view("busy", SURER if day < 11 else NOT_SURER, episode=("e1", "e2")[day % 2],
             wave="review", on=CLOSED + timedelta(days=day))
        for day in range(12)
    ]  # fmt: skip
    raw = count(Facts(episodes, tuple(said)))
    assert (0, 1) == rate(raw, "M10")
    assert (0, 0) == rate(raw, "M10", [DERBY])
    assert (0, 1) == rate(raw, "M10", [COUNTY])
    later = view("busy", SURER, on=date(2027, 2, 1))
    assert (1, 2) == rate(count(Facts(episodes, (*said, later)), YEAR), "M10")


def test_a_busy_child_is_one_person_who_did_not_end_everything_that_they_began() -> None:
    """Thirteen check-ins of one child in Derby, seven of them ended, and one child elsewhere."""
    days = [Q3.first_day + timedelta(days=day) for day in range(13)]
    begun = [Begun("e", "busy", *BOX, on, completed=True, seconds=90) for on in days[:7]]
    begun += [Begun("e", "busy", *BOX, on, completed=False, seconds=None) for on in days[7:]]
    begun.append(Begun("e", "other", COUNTY, *BOX[1:], CLOSED, completed=True, seconds=50))
    raw = count(Facts((), begun=tuple(begun)))
    assert (0, 1) == rate(raw, "M20", [DERBY])
    assert (1, 2) == rate(raw, "M20")
    (median,) = raw.medians
    assert {Audience.DERBYSHIRE_COUNTY: 50, Audience.ICB: 50} == median.values
    in_all = count(Facts((), begun=tuple(begun[:7])))
    assert (1, 1) == rate(in_all, "M20", [DERBY])


def test_somebody_stands_where_they_began_first() -> None:
    first = Begun("e", "p", COUNTY, *BOX[1:], CLOSED, completed=True, seconds=40)
    then = Begun("f", "p", DERBY, *BOX[1:], CLOSED + timedelta(days=1), completed=True, seconds=80)
    raw = count(Facts((), begun=(then, first)))
    assert [(1, 1), (0, 0)] == [rate(raw, "M20", [each]) for each in (COUNTY, DERBY)]
    assert {Audience.DERBYSHIRE_COUNTY: 60, Audience.ICB: 60} == raw.medians[0].values


def test_whoever_was_due_twice_in_a_quarter_counts_once_with_the_later_moment() -> None:
    """Three months after one piece of support ended, and six after another one did."""
    early, late = Q3.first_day, Q3.last_day
    due = (
        FollowUp("e", "p", *BOX, "6-months", early, True, "answered"),
        FollowUp("f", "p", COUNTY, *BOX[1:], "3-months", late, True, "declined"),
        FollowUp("f", "carer", COUNTY, *BOX[1:], "3-months", late, True, "answered"),
    )
    raw = count(Facts((), followups=due))
    assert (1, 2) == rate(raw, "M18")
    assert (0, 0) == rate(raw, "M18", [DERBY])
    assert (1, 2) == rate(raw, "M18n")


BOX = (DERBY, Strand.DIRECT, AgeBand.TO_TEN)


def test_follow_ups_are_counted_by_what_became_of_them() -> None:
    due = [
        ("3-months", True, "answered"),
        ("6-months", True, "declined"),
        ("6-months", True, "no-reply"),
        ("6-months", False, "no-reply"),
        ("6-months", False, "not-asked"),
        ("end", True, "answered"),
    ]
    raw = count(
        Facts((), followups=tuple(
            FollowUp("e", f"p{number}", *BOX, wave, CLOSED, delivered, outcome)
            for number, (wave, delivered, outcome) in enumerate(due)
        ))
    )  # fmt: skip
    assert (1, 5) == rate(raw, "M18")
    assert (3, 5) == rate(raw, "M18d")
    assert (1, 3) == rate(raw, "M18n")


def test_the_time_that_answering_takes_is_a_median_rounded_to_tens() -> None:
    seconds = [(DERBY, 64), (DERBY, 70), (DERBY, 300), (COUNTY, 20), (OTHER, 44)]
    begun = [Begun("e", f"p{number}", who, *BOX[1:], CLOSED, completed=True, seconds=each)
             for number, (who, each) in enumerate(seconds)]  # fmt: skip
    begun.append(Begun("e", "left", *BOX, CLOSED, completed=False, seconds=900))
    begun.append(Begun("e", "untimed", *BOX, CLOSED, completed=True, seconds=None))
    raw = count(Facts((), begun=tuple(begun)))
    assert (6, 7) == rate(raw, "M20")
    (median,) = raw.medians
    assert {
        Audience.DERBY_CITY: 70, Audience.DERBYSHIRE_COUNTY: 20, Audience.ICB: 60,
    } == median.values  # fmt: skip
    assert 5 == raw.count(median.n, ALL)
    assert object.__repr__(median) == repr(median)


def test_a_theme_counts_the_people_who_raised_it() -> None:
    heard = (
        Heard("p1", *BOX, CLOSED, frozenset({"calls-back", "quiet-room"})),
        Heard("p2", *BOX, CLOSED, frozenset({"calls-back"})),
        Heard("p3", *BOX, CLOSED, frozenset()),
    )
    raw = count(Facts((), heard=heard))
    assert (2, 3) == rate(raw, "Y-calls-back")
    assert (1, 3) == rate(raw, "Y-quiet-room")


def test_uptake_counts_only_what_was_given_and_only_in_a_year() -> None:
    given: tuple[dict[str, str], ...] = (
        {"sex": "female"},
        {"sex": "male"},
        {"sex": "female", "disability": "no"},
        {},
    )
    facts = Facts(tuple(
        support(f"e{number}", accepted_on=Q3.first_day, characteristics=each)
        for number, each in enumerate(given)
    ))  # fmt: skip
    raw = count(facts, YEAR)
    assert (2, 3) == rate(raw, "U-sex", area="Girl or woman")
    assert (1, 3) == rate(raw, "U-sex", area="Boy or man")
    assert (0, 1) == rate(raw, "U-disability")
    assert not any(each.measure.id.startswith("U-") for each in count(facts).rates)


def test_a_year_is_broken_down_by_the_one_axis_of_each_measure() -> None:
    facts = together(feelings(2, 4), feelings(2, 2, age=AgeBand.TO_TEN))
    by_age = [replace(each, breakdown=Axis.AGE) for each in only("M05")]
    raw = count(facts, YEAR, (*only("M01"), *by_age))
    lines = {
        each.group: (raw.count(each.numerator, ALL), raw.count(each.denominator, ALL))
        for each in raw.rates
        if each.measure.id == "M05"
    }
    assert (5, 10) == lines[None]
    assert (5, 5) == lines[Group(Axis.AGE, ("11-15",))]
    assert (0, 5) == lines[Group(Axis.AGE, ("0-10",))]
    row = raw.rows["M05.Feelings.of|age=11-15"]
    assert row.group == Group(Axis.AGE, ("11-15",))
    assert "closed|age=0-10" in raw.rows


def test_the_same_people_are_one_row_whatever_figures_use_it() -> None:
    for period in (Q3, YEAR):
        raw = count(Facts(()), period)
        people = [(each.table, each.classes, each.group) for each in raw.rows.values()]
        assert len(set(people)) == len(people)
        for each in raw.rows.values():
            table = raw.tables[each.table]
            assert each.classes <= set(table.classes)
            is_everybody = each.classes == set(table.classes)
            assert not is_everybody or table.parent is None, each.key
    paired = next(each for each in raw.rates if each.measure.id == "M04").numerator
    assert paired in {each.row for each in raw.steps}


def test_rows_keep_their_names_whatever_order_the_measures_have() -> None:
    every = only("M04", "M05", "M06", "M08", "M09", "M13", "M13s")
    forwards, backwards = (count(Facts(()), Q3, each) for each in (every, every[::-1]))
    assert forwards.rows == backwards.rows


def test_a_quarter_has_the_classes_of_its_year_so_that_an_audit_can_compare_them() -> None:
    quarter, year = count(Facts(())), count(Facts(()), YEAR)
    for name in quarter.tables.keys() & year.tables.keys():
        assert quarter.tables[name].classes == year.tables[name].classes, name


def test_without_a_measure_about_them_nobody_is_counted() -> None:
    raw = count(feelings(2, 4), Q3, only("M03"))
    assert {"accepted"} == set(raw.tables)
    assert {"accepted"} == set(raw.rows)
    assert not raw.steps


def test_what_cannot_be_counted_yet_is_defined_and_has_no_figure() -> None:
    raw = count(feelings(2, 4))
    assert {"M17", "M21"} <= {each.id for each in raw.measures}
    assert not {"M17", "M21"} & {each.measure.id for each in raw.rates}


def test_a_piece_of_support_that_comes_twice_is_refused() -> None:
    with pytest.raises(BadFactsError, match="counted twice"):
        count(Facts((support(), support())))


def test_somebody_heard_twice_in_a_quarter_is_refused() -> None:
    heard = Heard("p", *BOX, CLOSED, frozenset())
    later = replace(heard, on=date(2027, 1, 4))
    assert (0, 2) == rate(count(Facts((), heard=(heard, later)), YEAR), "Y-quiet-room")
    with pytest.raises(BadFactsError, match="came twice in a quarter among heard"):
        count(Facts((), heard=(heard, heard)))


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        (totals((0, 41)), "outside 0 to 40"),
        (totals((0, -1), (120, 5)), "outside 0 to 40"),
        (
            Facts((support(accepted_on=Q3.first_day, characteristics={"sex": "?"}),)),
            "unknown value",
        ),
    ],
)
def test_facts_that_contradict_themselves_are_refused(facts: Facts, problem: str) -> None:
    if facts.sdq:
        facts = replace(facts, sdq=(*facts.sdq, replace(facts.sdq[0], on=CLOSED, total=3)))
    with pytest.raises(BadFactsError, match=problem):
        count(facts, YEAR)


def test_two_totals_of_one_informant_on_one_day_are_refused() -> None:
    facts = totals((0, 10), (0, 12), (120, 5))
    with pytest.raises(BadFactsError, match="delete the wrong one"):
        count(facts)


def test_a_score_off_the_scale_stops_the_count() -> None:
    with pytest.raises(BadMeasureError, match="outside 1 to 5"):
        count(feelings(2, 9))


@pytest.mark.parametrize(
    ("measures", "problem"),
    [
        ((M05, replace(only("M04")[0], windows=Windows(least_gap=7))), "must agree on them"),
        ((M05, replace(M05, id="M98", windows=Windows(least_gap=7))), "must agree on them"),
        ((replace(M05, recipe=replace(M05.recipe, counts=Mark.MOVED)),), "cannot say who"),
        ((replace(M05, instrument=None, instrument_version=None),), "say which instrument"),
        ((replace(M05, recipe=Recipe(Sorting.RELIABLE)),), "nothing can sort people"),
        ((replace(M05, statistic=Statistic.COVERAGE),), "shown figures only"),
        ((replace(only("M20t")[0], recipe=Recipe(Sorting.PLAN)),), "cannot be made"),
        ((M05, replace(M05, recipe=replace(M05.recipe, counts=Mark.FELL))),
         "two different rows"),
        (tuple(replace(each, recipe=replace(each.recipe, with_first_only=True))
               for each in only("M06")[:2]), "by one question"),
        ((replace(only("U-sex")[0], recipe=Recipe(Sorting.UPTAKE, key="shoe-size")),),
         "no characteristic"),
        ((replace(only("U-sex")[0], recipe=replace(only("U-sex")[0].recipe, value="?")),),
         "is no value"),
        ((replace(only("M11")[0], instrument=None, instrument_version=None),), "whose answers"),
        ((replace(only("M11")[0], role=Role.YOUNG_PERSON),), "whose answers"),
    ],
)  # fmt: skip
def test_measures_that_do_not_fit_together_are_refused(
    measures: tuple[Measure, ...], problem: str
) -> None:
    with pytest.raises(BadMeasureError, match=problem):
        count(Facts(()), YEAR if measures[0].id.startswith("U") else Q3, measures)


def test_a_level_cannot_be_counted_for_a_year() -> None:
    (level,) = only("M02")
    of_years = replace(level, cadence=only("M01")[0].cadence)
    with pytest.raises(BadMeasureError, match="never a year"):
        count(Facts(()), YEAR, (of_years,))


def test_raw_tables_show_no_figure_and_cannot_be_written_anywhere() -> None:
    facts = Facts(tuple(support(f"e{number}") for number in range(37)))
    raw = count(facts)
    table = raw.tables["closed"]
    assert 37 == raw.count("closed", ALL)
    for shown in (repr(raw), str(raw), repr(table), f"{table}"):
        assert "37" not in shown
    for thing in (raw, table):
        with pytest.raises(NotProtectedError, match="protect"):
            pickle.dumps(thing)
        with pytest.raises(NotProtectedError, match="protect"):
            copy.copy(thing)
        with pytest.raises(TypeError):
            json.dumps(thing)


def test_the_tables_are_where_the_audit_looks_for_them() -> None:
    raw = count(Facts(()))
    assert Part("closed", EVERYBODY) == raw.tables["star/young-person"].parent
    assert Part("star/young-person", "paired") == raw.tables["star/young-person:feelings"].parent
    roots = {name for name, table in raw.tables.items() if table.parent is None}
    assert {
        "closed", "accepted", "open", "closed-1-quarter-ago", "closed-3-quarters-ago",
        "people-asked-later", "people-who-began", "adult-view/professional", "adult-view/carer",
        "heard",
    } == roots  # fmt: skip


def test_counting_takes_time_in_proportion_to_the_people() -> None:
    """Ten times the people take at most twenty times as long: nobody is compared with everybody."""

    def seconds(people: int) -> float:
        parts = feelings(2, 4)
        facts = together(*[parts] * (people // 5))
        begun = process_time()
        count_period(only("M01", "M04", "M05", "M06"), facts, Q3)
        return process_time() - begun

    seconds(50)
    assert seconds(2000) < 20 * seconds(200) + 0.2

"""When somebody is asked: dates that go wrong elsewhere, and rules that never give way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from followups.errors import NotPutOff
from followups.hours import packaged_hours
from followups.rhythm_data import packaged_rhythms
from followups.schedule import LocalRhythm, instant_of, months_after
from followups.terms import packaged_terms, read_terms
from surveys.people import AgeBand, OwnTime, Role, Suits
from usecases.arrival import OfferReply
from usecases.inviting import INTERVENTIONS
from usecases.ports import Asked, Circumstances

LONDON = ZoneInfo("Europe/London")
ST_JOHNS = ZoneInfo("America/St_Johns")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
AUCKLAND = ZoneInfo("Pacific/Auckland")
ZONES = (LONDON, ST_JOHNS, LORD_HOWE, AUCKLAND)
"""Whole hours; half an hour beside the hour; clocks that change by half an hour; far ahead."""

RHYTHM = LocalRhythm(LONDON)
FOUR = time(16)

CHILD = Circumstances(Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN, "theraplay", "direct")
CARER = Circumstances(Role.CARER, AgeBand.ADULT, "theraplay", "direct")
CONSULTED = Circumstances(Role.PROFESSIONAL, AgeBand.ADULT, "consultation", "consultation")

days = st.dates(date(2026, 1, 1), date(2035, 12, 31))
times = st.times(timezones=st.none())
moments = st.datetimes(datetime(2026, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zone)
zones = st.sampled_from(ZONES)
ages = st.sampled_from(AgeBand)
councils = st.sampled_from([None, "derbyshire-county", "derby-city", "nobody-knows-it"])
people = st.builds(OwnTime, ages, councils, st.sampled_from([None, *Suits]))
rhythms = st.sampled_from([LocalRhythm(zone) for zone in ZONES])
kinds = st.sampled_from(INTERVENTIONS)
roles = st.sampled_from(Role)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """Read a local moment; `text` names its offset where it matters."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# --- what is due ------------------------------------------------------------------------


def test_a_child_gets_the_star_today_and_the_first_check_in_six_weeks_later() -> None:
    planned = RHYTHM.at_joining(CHILD, date(2026, 9, 22))
    assert [(each.instrument, each.wave, each.round, each.day, each.at) for each in planned] == [
        ("star", "start", 1, date(2026, 9, 22), FOUR),
        ("check-in", "review", 1, date(2026, 11, 3), FOUR),
    ]


def test_somebody_consulted_is_asked_before_and_after_and_never_for_reviews() -> None:
    joining = RHYTHM.at_joining(CONSULTED, date(2026, 9, 22))
    closing = RHYTHM.at_closing(CONSULTED, date(2026, 10, 20))
    assert [(each.instrument, each.wave) for each in joining] == [("adult-view", "start")]
    assert [(each.instrument, each.wave, each.day) for each in closing] == [
        ("adult-view", "end", date(2026, 10, 20)),
        ("adult-view", "3-months", date(2027, 1, 20)),
    ]


def test_a_professional_around_direct_work_is_asked_at_the_end_only() -> None:
    who = replace(CONSULTED, intervention="theraplay")
    assert RHYTHM.at_joining(who, date(2026, 9, 22)) == []
    assert [each.wave for each in RHYTHM.at_closing(who, date(2026, 9, 22))] == ["end"]


def test_a_kind_of_support_that_the_file_does_not_name_has_the_usual_rhythm() -> None:
    unnamed = replace(CARER, intervention="something-new")
    usual = replace(CARER, intervention="creative-therapy")
    assert RHYTHM.at_joining(unnamed, date(2026, 9, 22)) == RHYTHM.at_joining(
        usual, date(2026, 9, 22)
    )
    assert {each.rhythm for each in RHYTHM.at_joining(usual, date(2026, 9, 22))} == {"direct-work"}


def test_what_is_planned_keeps_the_name_of_its_rhythm_and_what_that_says() -> None:
    who = replace(CARER, intervention="attachment-group")
    start, *_ = RHYTHM.at_joining(who, date(2026, 9, 22))
    assert (start.rhythm, start.at) == ("attachment-group", time(12, 30))
    stepping_down = replace(CHILD, intervention="wrap-around")
    review = RHYTHM.at_joining(stepping_down, date(2026, 9, 22))[1]
    assert (review.day, review.window_days) == (date(2026, 10, 20), 14)


def test_nobody_is_asked_what_does_not_concern_them() -> None:
    child = replace(CHILD, intervention="training")
    assert RHYTHM.at_joining(child, date(2026, 9, 22)) == []
    assert RHYTHM.at_closing(child, date(2026, 9, 22)) == []


def test_reviews_follow_each_other_every_six_weeks_with_the_next_number() -> None:
    first = RHYTHM.at_joining(CARER, date(2026, 9, 22))[1]
    second = RHYTHM.next_review(CARER, first)
    assert second is not None
    third = RHYTHM.next_review(CARER, second)
    assert third is not None
    assert [(each.round, each.day) for each in (first, second, third)] == [
        (1, date(2026, 11, 3)),
        (2, date(2026, 12, 15)),
        (3, date(2027, 1, 26)),
    ]


def test_no_review_follows_what_is_no_review_or_somebody_else_s() -> None:
    start, review = RHYTHM.at_joining(CARER, date(2026, 9, 22))
    assert RHYTHM.next_review(CARER, start) is None
    assert RHYTHM.next_review(CHILD, review) is None


@pytest.mark.parametrize(
    ("closed_on", "three_months", "six_months"),
    [
        (date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 30)),
        (date(2027, 11, 30), date(2028, 2, 29), date(2028, 5, 30)),
        (date(2028, 2, 29), date(2028, 5, 29), date(2028, 8, 29)),
        (date(2026, 10, 31), date(2027, 1, 31), date(2027, 4, 30)),
        (date(2026, 12, 25), date(2027, 3, 25), date(2027, 6, 25)),
    ],
)
def test_what_follows_the_end_is_counted_in_months_from_the_closing_day(
    closed_on: date, three_months: date, six_months: date
) -> None:
    planned = RHYTHM.at_closing(CHILD, closed_on)
    assert [(each.wave, each.day) for each in planned] == [
        ("end", closed_on),
        ("3-months", three_months),
        ("6-months", six_months),
    ]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 31), 2, date(2027, 3, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 5, 15), 0, date(2026, 5, 15)),
        (date(2027, 1, 31), 3, date(2027, 4, 30)),
        (date(2028, 2, 29), 3, date(2028, 5, 29)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
    ],
)
def test_a_month_that_is_too_short_gives_its_last_day(
    day: date, months: int, expected: date
) -> None:
    assert months_after(day, months) == expected


# --- instants ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "local", "expected"),
    [
        # the clocks go forward: the first instant after the gap
        (LONDON, date(2026, 3, 29), time(0, 59), "2026-03-29T00:59+00:00"),
        (LONDON, date(2026, 3, 29), time(1, 0), "2026-03-29T01:00+00:00"),
        (LONDON, date(2026, 3, 29), time(1, 30), "2026-03-29T01:00+00:00"),
        (LONDON, date(2026, 3, 29), time(1, 59, 59, 999999), "2026-03-29T01:00+00:00"),
        (LONDON, date(2026, 3, 29), time(2, 0), "2026-03-29T01:00+00:00"),
        (LONDON, date(2027, 3, 28), time(1, 30), "2027-03-28T01:00+00:00"),
        # the clocks go back: the first of two
        (LONDON, date(2026, 10, 25), time(1, 0), "2026-10-25T00:00+00:00"),
        (LONDON, date(2026, 10, 25), time(1, 30), "2026-10-25T00:30+00:00"),
        (LONDON, date(2026, 10, 25), time(2, 0), "2026-10-25T02:00+00:00"),
        (LONDON, date(2027, 10, 31), time(1, 30), "2027-10-31T00:30+00:00"),
        # four o'clock on either side of both changes
        (LONDON, date(2026, 3, 28), FOUR, "2026-03-28T16:00+00:00"),
        (LONDON, date(2026, 3, 29), FOUR, "2026-03-29T15:00+00:00"),
        (LONDON, date(2026, 10, 24), FOUR, "2026-10-24T15:00+00:00"),
        (LONDON, date(2026, 10, 25), FOUR, "2026-10-25T16:00+00:00"),
        # a change by half an hour, and a day that never was
        (LORD_HOWE, date(2026, 10, 4), time(2, 10), "2026-10-03T15:30+00:00"),
        (LORD_HOWE, date(2026, 4, 5), time(1, 45), "2026-04-04T14:45+00:00"),
        (ZoneInfo("Pacific/Apia"), date(2011, 12, 30), FOUR, "2011-12-30T10:00+00:00"),
        (ST_JOHNS, date(2026, 3, 8), time(2, 30), "2026-03-08T05:30+00:00"),
        (AUCKLAND, date(2026, 9, 27), time(2, 30), "2026-09-26T14:00+00:00"),
        (AUCKLAND, date(2026, 4, 5), time(2, 30), "2026-04-04T13:30+00:00"),
    ],
)
def test_every_local_time_has_one_instant(
    zone: ZoneInfo, day: date, local: time, expected: str
) -> None:
    assert instant_of(zone, day, local) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("joined", "expected"),
    [
        (date(2026, 2, 20), "2026-04-03T15:00+00:00"),
        (date(2026, 9, 22), "2026-11-03T16:00+00:00"),
        (date(2027, 2, 20), "2027-04-03T15:00+00:00"),
        (date(2027, 9, 22), "2027-11-03T16:00+00:00"),
    ],
)
def test_six_weeks_after_at_four_stays_at_four_across_both_changes(
    joined: date, expected: str
) -> None:
    review = RHYTHM.at_joining(CHILD, joined)[1]
    assert RHYTHM.instant(review.day, review.at) == datetime.fromisoformat(expected)


@given(zone=zones, day=days, local=times)
def test_what_was_meant_is_what_the_clock_on_the_wall_shows(
    zone: ZoneInfo, day: date, local: time
) -> None:
    """Or the first instant after a gap: then the wall shows later, by at most the gap."""
    shown = instant_of(zone, day, local).astimezone(zone).replace(tzinfo=None)
    meant = datetime.combine(day, local)
    assert shown == meant or timedelta() < shown - meant <= timedelta(hours=1)


@given(zone=zones, day=days, local=times)
def test_no_earlier_instant_shows_the_same_time(zone: ZoneInfo, day: date, local: time) -> None:
    instant = instant_of(zone, day, local)
    for earlier in (timedelta(minutes=30), timedelta(hours=1)):
        shown = (instant - earlier).astimezone(zone).replace(tzinfo=None)
        assert shown < datetime.combine(day, local)


@given(zone=zones, day=days, local=times, later=st.integers(1, 4000))
def test_instants_keep_the_order_of_days(
    zone: ZoneInfo, day: date, local: time, later: int
) -> None:
    assert instant_of(zone, day, local) < instant_of(zone, day + timedelta(days=later), local)


@given(rhythm=rhythms, joined=days, kind=kinds, role=roles)
def test_reviews_never_drift_however_often_the_clocks_change(
    rhythm: LocalRhythm, joined: date, kind: str, role: Role
) -> None:
    who = Circumstances(role, AgeBand.EIGHT_TO_ELEVEN, kind, "direct")
    first = [each for each in rhythm.at_joining(who, joined) if each.wave == "review"]
    if not first:
        return
    reviews = first
    for _ in range(9):
        following = rhythm.next_review(who, reviews[-1])
        assert following is not None
        reviews.append(following)
    instants = [rhythm.instant(each.day, each.at) for each in reviews]
    assert all(earlier < later for earlier, later in pairwise(instants))
    assert {rhythm.local(each).time() for each in instants} == {reviews[0].at}
    every = (reviews[0].day - joined).days
    assert [(each.day - joined).days for each in reviews] == [every * n for n in range(1, 11)]
    assert [each.round for each in reviews] == list(range(1, 11))


@given(rhythm=rhythms, joined=days, kind=kinds, role=roles)
def test_two_reviews_are_never_open_at_once(
    rhythm: LocalRhythm, joined: date, kind: str, role: Role
) -> None:
    who = Circumstances(role, AgeBand.EIGHT_TO_ELEVEN, kind, "direct")
    for review in (each for each in rhythm.at_joining(who, joined) if each.wave == "review"):
        following = rhythm.next_review(who, review)
        assert following is not None
        assert review.day + timedelta(days=review.window_days) <= following.day


@given(rhythm=rhythms, closed_on=days, kind=kinds, role=roles)
def test_what_follows_the_end_is_strictly_in_order_and_at_the_time_that_was_meant(
    rhythm: LocalRhythm, closed_on: date, kind: str, role: Role
) -> None:
    who = Circumstances(role, AgeBand.EIGHT_TO_ELEVEN, kind, "direct")
    planned = rhythm.at_closing(who, closed_on)
    instants = [rhythm.instant(each.day, each.at) for each in planned]
    assert all(earlier < later for earlier, later in pairwise(instants))
    assert [rhythm.local(each).time() for each in instants] == [each.at for each in planned]


@given(day=days, months=st.integers(0, 120))
def test_months_are_counted_from_the_day_itself_and_never_chained(day: date, months: int) -> None:
    """Only a month that is too short changes the day, and only for itself."""
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
    assert months_after(day, months + 12).replace(year=later.year, day=1) == later.replace(day=1)


@given(day=days, months=st.integers(0, 60))
def test_one_day_later_is_never_one_month_less(day: date, months: int) -> None:
    assert months_after(day, months) <= months_after(day + timedelta(days=1), months)


# --- when to ask ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "moment", "expected"),
    [
        # a Tuesday in term
        (AgeBand.EIGHT_TO_ELEVEN, "2026-09-22T10:00", "2026-09-22T15:45"),
        (AgeBand.EIGHT_TO_ELEVEN, "2026-09-22T16:00", "2026-09-22T16:00"),
        (AgeBand.EIGHT_TO_ELEVEN, "2026-09-22T19:30", "2026-09-23T15:45"),
        (AgeBand.SIXTEEN_TO_SEVENTEEN, "2026-09-22T19:30", "2026-09-22T19:30"),
        (AgeBand.SIXTEEN_TO_SEVENTEEN, "2026-09-22T23:59", "2026-09-23T16:00"),
        (AgeBand.ADULT, "2026-09-22T03:00", "2026-09-22T09:00"),
        # a Saturday, and a Tuesday in the summer holidays
        (AgeBand.EIGHT_TO_ELEVEN, "2026-09-26T08:00", "2026-09-26T09:30"),
        (AgeBand.EIGHT_TO_ELEVEN, "2026-08-11T10:00", "2026-08-11T10:00"),
        # Friday evening before the bank holiday at the end of August
        (AgeBand.FIVE_TO_SEVEN, "2026-08-30T19:00", "2026-09-01T15:45"),
        # Christmas: the 25th, the 26th, and Monday the 28th instead of Saturday
        (AgeBand.EIGHT_TO_ELEVEN, "2026-12-24T21:00", "2026-12-27T09:30"),
        (AgeBand.ADULT, "2026-12-27T20:30", "2026-12-29T09:00"),
        # New Year's Day is a Friday; the holidays turn the year
        (AgeBand.EIGHT_TO_ELEVEN, "2027-01-01T12:00", "2027-01-02T09:30"),
        # the nights in which the clocks change
        (AgeBand.ADULT, "2026-03-29T00:30", "2026-03-29T09:00"),
        (AgeBand.ADULT, "2026-10-25T01:30", "2026-10-25T09:00"),
        (AgeBand.ADULT, "2027-03-28T00:30", "2027-03-28T09:00"),
        (AgeBand.ADULT, "2027-03-28T21:00", "2027-03-30T09:00"),  # Easter Monday
        (AgeBand.ADULT, "2028-02-29T21:00", "2028-03-01T09:00"),
    ],
)
def test_nobody_is_asked_in_quiet_or_school_hours(age: AgeBand, moment: str, expected: str) -> None:
    assert RHYTHM.allowed(OwnTime(age), at(moment)) == at(expected)


@pytest.mark.parametrize(
    ("suits", "age", "moment", "expected"),
    [
        (Suits.AFTER_SCHOOL, AgeBand.EIGHT_TO_ELEVEN, "2026-09-22T10:00", "2026-09-22T15:45"),
        (Suits.AFTER_SCHOOL, AgeBand.EIGHT_TO_ELEVEN, "2026-09-22T18:00", "2026-09-23T15:45"),
        (Suits.AFTER_SCHOOL, AgeBand.EIGHT_TO_ELEVEN, "2026-09-25T18:00", "2026-09-28T15:45"),
        (Suits.AFTER_SCHOOL, AgeBand.ADULT, "2026-09-22T10:00", "2026-09-22T13:00"),
        (Suits.EVENING, AgeBand.TWELVE_TO_FIFTEEN, "2026-09-22T16:00", "2026-09-22T18:00"),
        (Suits.EVENING, AgeBand.TWELVE_TO_FIFTEEN, "2026-09-26T16:00", "2026-09-26T18:00"),
        (Suits.EVENING, AgeBand.TWELVE_TO_FIFTEEN, "2026-10-24T20:30", "2026-10-25T18:00"),
        (Suits.WEEKEND, AgeBand.ADULT, "2026-09-22T16:00", "2026-09-26T09:00"),
        (Suits.WEEKEND, AgeBand.ADULT, "2026-09-27T20:29", "2026-09-27T20:29"),
        (Suits.WEEKEND, AgeBand.ADULT, "2026-09-27T20:30", "2026-10-03T09:00"),
        # Christmas is a Friday, and the 26th is no day for anything; the 27th is
        (Suits.WEEKEND, AgeBand.ADULT, "2026-12-25T12:00", "2026-12-27T09:00"),
    ],
)
def test_people_are_asked_in_the_part_of_the_week_that_they_chose(
    suits: Suits, age: AgeBand, moment: str, expected: str
) -> None:
    assert RHYTHM.allowed(OwnTime(age, suits=suits), at(moment)) == at(expected)


@pytest.mark.parametrize(
    ("council", "expected"),
    [
        ("derbyshire-county", "2026-02-17T10:00"),  # half term there
        ("derby-city", "2026-02-17T15:45"),  # nobody knows
        ("nobody-knows-it", "2026-02-17T15:45"),
        (None, "2026-02-17T15:45"),
    ],
)
def test_school_hours_are_those_of_the_council_and_in_doubt_it_is_school(
    council: str | None, expected: str
) -> None:
    own = OwnTime(AgeBand.EIGHT_TO_ELEVEN, council)
    assert RHYTHM.allowed(own, at("2026-02-17T10:00")) == at(expected)


@settings(max_examples=600)
@given(rhythm=rhythms, own=people, moment=moments)
def test_an_allowed_moment_is_never_quiet_never_earlier_and_stays_allowed(
    rhythm: LocalRhythm, own: OwnTime, moment: datetime
) -> None:
    """Told from the words of the rules and not from the openings that the program works with."""
    allowed = rhythm.allowed(own, moment)
    assert allowed >= moment
    assert allowed.tzinfo is UTC
    assert rhythm.allowed(own, allowed) == allowed
    local = rhythm.local(allowed)
    day, wall = local.date(), local.time()
    hours = rhythm.hours.asking[own.age_band]
    assert not rhythm.hours.is_bank_holiday(day)
    assert hours.opens <= wall < hours.closes
    if hours.after_school and rhythm.terms.is_school_day(own.council, day):
        assert wall >= hours.after_school
    if own.suits is not None:
        part = rhythm.hours.suits[own.suits]
        assert part.days.hold(day)
        assert part.hours[own.age_band].opens <= wall < part.hours[own.age_band].closes
    weekend = day.weekday() >= 5
    assert own.suits is not Suits.WEEKEND or weekend
    assert own.suits is not Suits.AFTER_SCHOOL or not weekend


@given(rhythm=rhythms, own=people, moment=moments, back=st.timedeltas(timedelta(), timedelta(3)))
def test_nobody_waits_longer_than_they_must(
    rhythm: LocalRhythm, own: OwnTime, moment: datetime, back: timedelta
) -> None:
    """Every moment between the one that was meant and the one that is allowed is put back, too."""
    allowed = rhythm.allowed(own, moment)
    between = max(moment, allowed - back)
    assert rhythm.allowed(own, between) == allowed


@pytest.mark.parametrize(
    "zone", ["Pacific/Honolulu", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
@pytest.mark.parametrize("wall", ["09:00", "13:15", "16:45", "20:29"])
@pytest.mark.parametrize("day", ["2026-01-17", "2026-07-18"])
def test_wherever_the_zone_lies_an_open_hour_is_open(zone: str, wall: str, day: str) -> None:
    """In the far west evening is tomorrow in UTC, in the far east morning is yesterday."""
    here = ZoneInfo(zone)
    meant = at(f"{day}T{wall}", here)
    rhythm, own = LocalRhythm(here), OwnTime(AgeBand.ADULT, suits=Suits.WEEKEND)
    assert rhythm.allowed(own, meant) == meant
    assert rhythm.allowed(own, at(f"{day}T07:00", here)) == at(f"{day}T09:00", here)


@given(rhythm=rhythms, own=people, moment=moments)
@example(
    RHYTHM, OwnTime(AgeBand.ADULT, suits=Suits.WEEKEND), datetime(2027, 12, 19, 20, 30, tzinfo=UTC)
)
def test_somebody_waits_two_weeks_at_most_and_without_a_choice_five_days(
    rhythm: LocalRhythm, own: OwnTime, moment: datetime
) -> None:
    """Two weeks: Christmas on a weekend takes it away, and New Year's Day the next Saturday."""
    most = timedelta(days=5) if own.suits is None else timedelta(days=14)
    assert rhythm.allowed(own, moment) - moment < most


@given(rhythm=rhythms, own=people, moment=moments, later=st.timedeltas(timedelta(), timedelta(9)))
def test_what_falls_due_first_is_allowed_first(
    rhythm: LocalRhythm, own: OwnTime, moment: datetime, later: timedelta
) -> None:
    assert rhythm.allowed(own, moment) <= rhythm.allowed(own, moment + later)


@given(rhythm=rhythms, own=people, moment=moments, zone=zones)
def test_on_which_clock_a_moment_is_told_changes_nothing(
    rhythm: LocalRhythm, own: OwnTime, moment: datetime, zone: ZoneInfo
) -> None:
    told = moment.astimezone(zone)
    assert rhythm.allowed(own, told) == rhythm.allowed(own, moment)


def test_what_is_kept_of_the_openings_is_bounded_and_changes_nothing() -> None:
    rhythm, fresh = LocalRhythm(LONDON), LocalRhythm(LONDON)
    own = OwnTime(AgeBand.FIVE_TO_SEVEN, suits=Suits.WEEKEND)
    first = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for days_later in range(6_000):
        rhythm.allowed(own, first + timedelta(days=days_later))
    assert len(rhythm._openings) <= 5_000
    assert rhythm.allowed(own, first) == fresh.allowed(own, first)
    assert rhythm == fresh


def test_a_night_that_the_clocks_take_away_is_no_time_to_ask() -> None:
    """With hours from one to two at night, nobody is asked in the last night of March."""
    usual = packaged_hours()
    night = usual.asking[AgeBand.ADULT].model_copy(update={"opens": time(1), "closes": time(2)})
    hours = usual.model_copy(update={"asking": {**usual.asking, AgeBand.ADULT: night}})
    own = OwnTime(AgeBand.ADULT)
    moment = at("2026-03-28T12:00")
    assert LocalRhythm(LONDON, hours=hours).allowed(own, moment) == at("2026-03-30T01:00")


@given(age=ages, day=days, local=times)
def test_school_days_bank_holidays_and_nights_are_all_that_is_kept_free(
    age: AgeBand, day: date, local: time
) -> None:
    """A moment between nine and half past eight is never put back for grown-ups."""
    if age is AgeBand.ADULT and time(9) <= local < time(20, 30) and not _is_bank_holiday(day):
        moment = RHYTHM.instant(day, local)
        assert RHYTHM.allowed(OwnTime(age), moment) == moment


def _is_bank_holiday(day: date) -> bool:
    return packaged_hours().is_bank_holiday(day)


@pytest.mark.parametrize(
    ("reply", "now", "expected"),
    [
        (OfferReply.IN_AN_HOUR, "2026-09-22T16:20", "2026-09-22T17:20"),
        (OfferReply.IN_AN_HOUR, "2026-09-22T18:40", "2026-09-23T15:45"),
        (OfferReply.TONIGHT, "2026-09-22T16:20", "2026-09-22T18:30"),
        (OfferReply.TONIGHT, "2026-09-22T18:10", "2026-09-22T18:30"),
        (OfferReply.TONIGHT, "2026-09-22T18:30", "2026-09-23T15:45"),
        (OfferReply.TOMORROW, "2026-09-22T16:20", "2026-09-23T16:00"),
        (OfferReply.TOMORROW, "2026-10-24T16:20", "2026-10-25T16:00"),
        (OfferReply.TOMORROW, "2026-12-24T16:20", "2026-12-27T09:30"),
        (OfferReply.NEXT_WEEK, "2026-09-22T16:20", "2026-09-29T16:00"),
        (OfferReply.NEXT_WEEK, "2026-03-24T16:20", "2026-03-31T16:00"),
        (OfferReply.NEXT_WEEK, "2028-02-22T16:20", "2028-02-29T16:00"),
    ],
)
def test_later_means_what_people_mean_by_it(reply: OfferReply, now: str, expected: str) -> None:
    assert RHYTHM.put_off(reply, OwnTime(AgeBand.EIGHT_TO_ELEVEN), at(now)) == at(expected)


def test_tonight_is_in_an_hour_once_the_evening_has_begun() -> None:
    again = RHYTHM.put_off(OfferReply.TONIGHT, OwnTime(AgeBand.ADULT), at("2026-09-22T18:45"))
    assert again == at("2026-09-22T19:45")


@pytest.mark.parametrize("reply", [OfferReply.START, OfferReply.LATER, OfferReply.NOT_THIS_TIME])
def test_a_reply_that_names_no_moment_is_a_fault_of_ours(reply: OfferReply) -> None:
    with pytest.raises(NotPutOff):
        RHYTHM.put_off(reply, OwnTime(AgeBand.ADULT), at("2026-09-22T16:20"))


@given(
    rhythm=rhythms,
    own=people,
    now=moments,
    reply=st.sampled_from(
        [OfferReply.IN_AN_HOUR, OfferReply.TONIGHT, OfferReply.TOMORROW, OfferReply.NEXT_WEEK]
    ),
)
def test_what_is_put_off_comes_later_and_never_in_quiet_hours(
    rhythm: LocalRhythm, own: OwnTime, now: datetime, reply: OfferReply
) -> None:
    """What somebody chooses now goes before the part of the week that they chose once."""
    again = rhythm.put_off(reply, own, now)
    assert again > now
    assert rhythm.allowed(replace(own, suits=None), again) == again
    assert rhythm.put_off(reply, replace(own, suits=None), now) == again


def test_tomorrow_is_tomorrow_although_weekends_suit_them() -> None:
    own = OwnTime(AgeBand.EIGHT_TO_ELEVEN, suits=Suits.WEEKEND)
    again = RHYTHM.put_off(OfferReply.TOMORROW, own, at("2026-09-22T16:20"))
    assert again == at("2026-09-23T16:00")


# --- reminders --------------------------------------------------------------------------


def asked(rhythm: str, *, begun: bool, reminders: int) -> Asked:
    return Asked(rhythm, "review", begun, reminders)


def test_there_are_two_reminders_at_the_same_time_of_day_and_then_never_again() -> None:
    own = OwnTime(AgeBand.ADULT)
    first = RHYTHM.reminder(
        own, asked("direct-work", begun=False, reminders=0), at("2026-10-23T17:10")
    )
    assert first == at("2026-10-26T17:10")  # the clocks went back in between
    second = RHYTHM.reminder(own, asked("direct-work", begun=False, reminders=1), first)
    assert second == at("2026-11-02T17:10")
    third = asked("direct-work", begun=False, reminders=2)
    assert RHYTHM.reminder(own, third, second) is None


def test_half_done_has_another_clock_and_shares_the_two() -> None:
    own, moved = OwnTime(AgeBand.ADULT), at("2026-09-21T12:00")
    half_done = [
        RHYTHM.reminder(own, asked("direct-work", begun=True, reminders=had), moved)
        for had in range(4)
    ]
    assert half_done == [at("2026-09-24T12:00"), at("2026-09-26T12:00"), None, None]


@pytest.mark.parametrize(("begun", "days_later"), [(False, 7), (True, 5)])
def test_a_rhythm_may_remind_once_only(*, begun: bool, days_later: int) -> None:
    own, since = OwnTime(AgeBand.ADULT), at("2026-09-21T12:00")
    heavy = "harmful-behaviour-support"
    once = RHYTHM.reminder(own, asked(heavy, begun=begun, reminders=0), since)
    assert once == since + timedelta(days=days_later)
    assert RHYTHM.reminder(own, asked(heavy, begun=begun, reminders=1), since) is None


def test_a_reminder_comes_in_the_part_of_the_week_that_they_chose() -> None:
    own = OwnTime(AgeBand.EIGHT_TO_ELEVEN, suits=Suits.WEEKEND)
    first = asked("direct-work", begun=False, reminders=0)
    assert RHYTHM.reminder(own, first, at("2026-09-20T10:00")) == at("2026-09-26T09:30")


@given(
    rhythm=rhythms,
    own=people,
    now=moments,
    name=st.sampled_from([*packaged_rhythms().rhythms, "taken-out-last-year", "", "otherwise"]),
    begun=st.booleans(),
    had=st.integers(0, 5),
)
def test_a_reminder_comes_days_later_never_in_quiet_hours_and_never_after_the_second(
    rhythm: LocalRhythm, own: OwnTime, now: datetime, *, name: str, begun: bool, had: int
) -> None:
    reminder = rhythm.reminder(own, asked(name, begun=begun, reminders=had), now)
    assert had < 2 or reminder is None
    if reminder is not None:
        assert reminder >= now + timedelta(days=1)
        assert rhythm.allowed(own, reminder) == reminder


def test_how_late_a_first_asking_may_come_depends_on_the_rhythm_and_the_wave() -> None:
    assert RHYTHM.late_limit("direct-work", "review") == timedelta(days=10)
    assert RHYTHM.late_limit("direct-work", "6-months") == timedelta(days=28)
    assert RHYTHM.late_limit("wrap-around", "review") == timedelta(days=7)
    with pytest.raises(ValueError, match="some day"):
        RHYTHM.late_limit("direct-work", "some day")


@pytest.mark.parametrize("wave", ["start", "review", "end", "3-months", "6-months"])
def test_a_rhythm_that_was_taken_out_of_the_file_goes_on_as_the_usual_one(wave: str) -> None:
    usual = packaged_rhythms().otherwise
    assert RHYTHM.late_limit("taken-out", wave) == RHYTHM.late_limit(usual, wave)


def test_after_ninety_days_without_a_sign_somebody_has_gone_quiet() -> None:
    assert RHYTHM.silent_after() == timedelta(days=90)


# --- when people read -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-09-22T08:59:59", False),
        ("2026-09-22T09:00", True),
        ("2026-09-22T16:59:59", True),
        ("2026-09-22T17:00", False),
        ("2026-09-26T12:00", False),
        ("2026-12-25T12:00", False),
        ("2026-12-28T12:00", False),
        ("2026-12-29T12:00", True),
        ("2026-03-30T09:00", True),  # the Monday after the clocks went forward
        ("2026-03-30T08:30", False),
    ],
)
def test_people_read_from_monday_to_friday_without_bank_holidays(
    moment: str, *, expected: bool
) -> None:
    assert RHYTHM.staffed(at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-09-22T10:00", "2026-09-23T10:00"),
        ("2026-09-22T09:00", "2026-09-22T17:00"),
        ("2026-09-22T08:00", "2026-09-22T17:00"),
        ("2026-09-22T17:00", "2026-09-23T17:00"),
        ("2026-09-25T16:30", "2026-09-28T16:30"),
        ("2026-09-26T02:00", "2026-09-28T17:00"),
        ("2026-12-24T12:00", "2026-12-29T12:00"),
        ("2026-04-02T16:00", "2026-04-07T16:00"),  # Good Friday and Easter Monday
        ("2026-10-23T12:00", "2026-10-26T12:00"),  # the clocks go back
        ("2027-03-25T12:00", "2027-03-30T12:00"),  # Easter, and the clocks go forward
    ],
)
def test_words_are_read_within_one_working_day(moment: str, expected: str) -> None:
    assert RHYTHM.read_by(at(moment)) == at(expected)


@given(rhythm=rhythms, now=moments)
def test_words_are_read_after_eight_hours_of_work_and_within_six_days(
    rhythm: LocalRhythm, now: datetime
) -> None:
    """Six: Easter has four days without work, Christmas may have as many, with two half days."""
    by = rhythm.read_by(now)
    assert now + timedelta(hours=7) < by <= now + timedelta(days=6)
    hours = rhythm.hours.duty_on(rhythm.local(by).date())
    assert hours is not None
    assert hours.opens <= rhythm.local(by).time() <= hours.closes


@given(rhythm=rhythms, now=moments, later=st.timedeltas(timedelta(), timedelta(9)))
def test_what_is_written_first_is_read_first(
    rhythm: LocalRhythm, now: datetime, later: timedelta
) -> None:
    assert rhythm.read_by(now) <= rhythm.read_by(now + later)


def test_a_rhythm_has_the_packaged_data_unless_it_is_given_another() -> None:
    assert RHYTHM.rhythms is packaged_rhythms()
    assert RHYTHM.hours is packaged_hours()
    assert RHYTHM.terms is packaged_terms()
    free = read_terms("free.yaml", 'version: 1\nevery_year: [{first: "01-01", last: "12-31"}]')
    holiday = LocalRhythm(LONDON, terms=free)
    own = OwnTime(AgeBand.EIGHT_TO_ELEVEN)
    assert holiday.allowed(own, at("2026-09-22T10:00")) == at("2026-09-22T10:00")

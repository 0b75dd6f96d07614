"""The hours as they are packaged, and every way in which a file can be wrong."""

from __future__ import annotations

from datetime import date, time, timedelta
from importlib.resources import files
from itertools import product

import pytest

from followups import hours
from followups.hours import Opening, packaged_hours, read_hours, read_time
from surveys.errors import BadDefinition
from surveys.people import AgeBand, Suits

HOURS = files("followups").joinpath("hours.yaml").read_text(encoding="utf-8")

TUESDAY, FRIDAY = date(2026, 9, 22), date(2026, 9, 25)
SATURDAY, SUNDAY = date(2026, 9, 26), date(2026, 9, 27)
CHILD = AgeBand.EIGHT_TO_ELEVEN


def test_grown_ups_may_be_asked_in_school_hours() -> None:
    opening = packaged_hours().asking_on(AgeBand.ADULT, TUESDAY, school=True)
    assert opening == Opening(time(9), time(20, 30))


def test_a_child_is_asked_after_school_and_earlier_on_free_days() -> None:
    on = packaged_hours().asking_on
    assert on(CHILD, TUESDAY, school=True) == Opening(time(15, 45), time(19, 30))
    assert on(CHILD, TUESDAY, school=False) == Opening(time(9, 30), time(19, 30))


def test_nobody_is_asked_on_a_bank_holiday_whatever_suits_them() -> None:
    for age, suits in product(AgeBand, (None, *Suits)):
        assert (
            packaged_hours().asking_on(age, date(2026, 12, 25), school=False, suits=suits) is None
        )
        assert (
            packaged_hours().asking_on(age, date(2026, 12, 26), school=False, suits=suits) is None
        )


@pytest.mark.parametrize(
    ("suits", "day", "expected"),
    [
        (Suits.AFTER_SCHOOL, TUESDAY, ("15:45", "18:00")),
        (Suits.AFTER_SCHOOL, FRIDAY, ("15:45", "18:00")),
        (Suits.AFTER_SCHOOL, SATURDAY, None),
        (Suits.EVENING, TUESDAY, ("17:30", "19:30")),
        (Suits.EVENING, SUNDAY, ("17:30", "19:30")),
        (Suits.WEEKEND, FRIDAY, None),
        (Suits.WEEKEND, SATURDAY, ("09:30", "19:30")),
        (Suits.WEEKEND, SUNDAY, ("09:30", "19:30")),
    ],
)
def test_a_part_of_the_week_has_its_days_and_its_hours(
    suits: Suits, day: date, expected: tuple[str, str] | None
) -> None:
    opening = packaged_hours().asking_on(CHILD, day, school=day.weekday() < 5, suits=suits)
    assert opening == (expected and Opening(*map(time.fromisoformat, expected)))


def test_after_school_is_the_afternoon_for_grown_ups() -> None:
    opening = packaged_hours().asking_on(
        AgeBand.ADULT, TUESDAY, school=True, suits=Suits.AFTER_SCHOOL
    )
    assert opening == Opening(time(13), time(18))


def test_a_choice_only_ever_narrows_the_hours_and_always_leaves_an_hour() -> None:
    for age, suits, school in product(AgeBand, Suits, (True, False)):
        for day in (TUESDAY, SATURDAY):
            school_day = school and day is TUESDAY
            whole = packaged_hours().asking_on(age, day, school=school_day)
            part = packaged_hours().asking_on(age, day, school=school_day, suits=suits)
            assert whole is not None
            if part is not None:
                assert whole.opens <= part.opens < part.closes <= whole.closes
                assert minutes(part.closes) - minutes(part.opens) >= timedelta(hours=1)


def minutes(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


@pytest.mark.parametrize(
    ("change", "to", "where", "says"),
    [
        ("version: 2", "version: 1", "version", "2"),
        ('closes: "18:45"', 'closes: "15:45"', "asking -> 5-7", "nobody could ever be asked"),
        ('closes: "18:45"', "closes: 18:45", "closes", "write it in quotes"),
        ('closes: "18:45"', 'closes: "25:45"', "closes", "no time of day"),
        ('duty: {opens: "09:00"', 'duty: {opens: "17:00"', "duty", "closes before it opens"),
        ('  adult: {opens: "09:00", closes: "20:30"}\n# W', "# W", "the file", "adult are missing"),
        (
            '      adult: {opens: "18:00", closes: "20:30"}\n',
            "",
            "suits -> evening",
            "adult are missing under `hours`",
        ),
        (
            "  evening:\n    days: every-day",
            "  tonight:\n    days: every-day",
            "suits",
            "'evening'",
        ),
        ("days: every-day", "days: some", "suits -> evening -> days", "'weekend'"),
        (
            '      5-7: {opens: "17:00", closes: "18:45"}',
            '      5-7: {opens: "18:45", closes: "19:45"}',
            "suits -> evening -> hours -> 5-7",
            "on school days it leaves no time",
        ),
        (
            '      5-7: {opens: "15:45", closes: "18:00"}',
            '      5-7: {opens: "14:00", closes: "15:45"}',
            "suits -> after-school -> hours -> 5-7",
            "so nobody could ever be asked",
        ),
        (
            '      5-7: {opens: "17:00", closes: "18:45"}',
            '      5-7: {opens: "17:00", closes: "16:45"}',
            "suits -> evening -> hours -> 5-7",
            "closes before it opens",
        ),
        ("region: ENG", "region: XYZ", "bank_holidays", "no bank holidays are known for GB XYZ"),
        ("country: GB, region: ENG", "country: ZZ", "bank_holidays", "known for ZZ"),
        ("version: 2", "version: 2\nwrong: 1", "wrong", "not permitted"),
    ],
)
def test_an_hours_file_that_is_wrong_says_where_why_and_how_to_mend_it(
    change: str, to: str, where: str, says: str
) -> None:
    assert change in HOURS
    with pytest.raises(BadDefinition) as refused:
        read_hours("mine.yaml", HOURS.replace(change, to))
    assert refused.value.file == "mine.yaml"
    assert where in refused.value.where
    assert says in str(refused.value)
    assert refused.value.remedy


def test_a_part_of_the_week_that_is_missing_is_named() -> None:
    start, end = HOURS.index("  weekend:\n"), HOURS.index("# Monday to Friday, no")
    with pytest.raises(BadDefinition, match="weekend is missing under `suits`"):
        read_hours("mine.yaml", HOURS[:start] + HOURS[end:])


def test_a_weekend_never_meets_a_school_day() -> None:
    """Nine in the morning is fine on Saturdays, although children are at school on Mondays."""
    early = HOURS.replace(
        '      8-11: {opens: "09:30", closes: "19:30"}',
        '      8-11: {opens: "09:30", closes: "11:00"}',
    )
    assert early != HOURS
    opening = read_hours("mine.yaml", early).asking_on(
        CHILD, SATURDAY, school=False, suits=Suits.WEEKEND
    )
    assert opening == Opening(time(9, 30), time(11))


def test_other_bank_holidays_can_be_kept() -> None:
    scottish = read_hours("mine.yaml", HOURS.replace("region: ENG", "region: SCT"))
    assert scottish.is_bank_holiday(date(2026, 11, 30))
    assert not packaged_hours().is_bank_holiday(date(2026, 11, 30))


def test_people_read_on_working_days_only() -> None:
    assert packaged_hours().duty_on(TUESDAY) == Opening(time(9), time(17))
    assert packaged_hours().duty_on(SATURDAY) is None
    assert packaged_hours().duty_on(date(2026, 12, 28)) is None
    assert packaged_hours().working_day == timedelta(hours=8)


def test_a_time_of_day_is_written_with_two_digits_each() -> None:
    assert read_time("09:05") == time(9, 5)
    for wrong in ("9:05", "24:00", "16:60", "16", 960, None):
        with pytest.raises(ValueError, match="no time of day"):
            read_time(wrong)


def test_the_file_is_read_once() -> None:
    assert hours.packaged_hours() is hours.packaged_hours()

"""The rhythms and the hours as they are packaged, and every way in which a file can be wrong."""

from __future__ import annotations

from datetime import date, time
from importlib.resources import files

import pytest

from followups import hours, rhythm_data
from followups.hours import Opening, packaged_hours, read_hours, read_time
from followups.rhythm_data import check_names, packaged_rhythms, read_rhythms
from surveys.catalogue import load_catalogue
from surveys.errors import BadDefinition
from surveys.people import AgeBand, Role
from usecases.inviting import INTERVENTIONS

RHYTHMS = files("followups").joinpath("rhythms.yaml").read_text(encoding="utf-8")
HOURS = files("followups").joinpath("hours.yaml").read_text(encoding="utf-8")


def test_every_kind_of_support_has_a_rhythm_and_no_other_is_named() -> None:
    assert set(packaged_rhythms().interventions) == set(INTERVENTIONS)
    check_names(rhythm_data.FILE, packaged_rhythms(), INTERVENTIONS)


def test_every_instrument_in_the_rhythms_exists_and_speaks_to_whom_it_is_sent() -> None:
    catalogue = load_catalogue()
    for name, role in packaged_rhythms().instruments():
        instrument = catalogue.latest(name)
        young = role is Role.YOUNG_PERSON
        assert (instrument.role is Role.YOUNG_PERSON) is young, (name, role)


def test_a_child_and_a_carer_are_asked_at_the_start_the_reviews_the_end_and_after() -> None:
    waves = ["start", "review", "end", "3-months", "6-months"]
    for role in (Role.YOUNG_PERSON, Role.CARER):
        asks = packaged_rhythms().asks_of("theraplay", role)
        assert [each.wave.value for each in asks] == waves


def test_there_are_at_most_two_reminders() -> None:
    assert len(packaged_rhythms().reminders) <= 2


@pytest.mark.parametrize(
    ("change", "to", "says"),
    [
        ("version: 1", "version: 0", "version"),
        ("reminders: [3, 7]", "reminders: [3, 7, 9]", "reminders"),
        ("reminders: [3, 7]", "reminders: [0]", "reminders"),
        ("late_days: 10}", "late_days: 22}", "nobody could answer in time"),
        ("  review: {window_days: 21, late_days: 10}\n", "", "review is missing"),
        ('carer: "16:00"', "carer: 16:00", "write it in quotes"),
        (', professional: "10:00"', "", "professional is missing"),
        ("every_weeks: 6}", "every_weeks: 0}", "every_weeks"),
        ("{ask: star, wave: end}", "{ask: star, wave: end, every_weeks: 6}", "needs every_weeks"),
        (", wave: review, every_weeks: 6}", ", wave: review}", "needs every_weeks"),
        ("{ask: star, wave: end}", "{ask: star, wave: start}", "twice in one wave"),
        ("{ask: star, wave: end}", "{ask: star, wave: later}", "wave"),
        ("{ask: star, wave: end}", "{ask: Star!, wave: end}", "ask"),
        ("theraplay: direct", "theraplay: directly", "'directly', which is not under"),
        ("otherwise: direct", "otherwise: nothing", "'nothing', which is not under"),
        ("otherwise: direct", "otherwise: direct\nsomething: 1", "something"),
        ("version: 1", "version: 1\nversion: 1", "written twice"),
        ("version: 1", "version: [", "line"),
    ],
)
def test_a_rhythm_file_that_is_wrong_says_where_and_why(change: str, to: str, says: str) -> None:
    assert change in RHYTHMS
    with pytest.raises(BadDefinition) as refused:
        read_rhythms("mine.yaml", RHYTHMS.replace(change, to))
    assert str(refused.value).startswith("mine.yaml: ")
    assert says in str(refused.value)


def test_a_kind_of_support_that_does_not_exist_is_refused() -> None:
    wrong = read_rhythms("mine.yaml", RHYTHMS.replace("theraplay:", "magic:"))
    with pytest.raises(BadDefinition, match="no such kind of support: magic"):
        check_names("mine.yaml", wrong, INTERVENTIONS)


@pytest.mark.parametrize(
    ("change", "to", "says"),
    [
        ('closes: "18:45"', 'closes: "15:45"', "nobody could ever be asked"),
        ('closes: "18:45"', "closes: 18:45", "write it in quotes"),
        ('closes: "18:45"', 'closes: "25:45"', "no time of day"),
        ('duty: {opens: "09:00"', 'duty: {opens: "17:00"', "nothing would ever be read"),
        ('  adult: {opens: "09:00", closes: "20:30"}\n', "", "adult are missing"),
        ('first: "07-27"', 'first: "02-30"', "no day of the year"),
        ('first: "07-27"', "first: 7", "no day of the year"),
        ("region: ENG", "region: XYZ", "no bank holidays are known for GB XYZ"),
        ("country: GB, region: ENG", "country: ZZ", "no bank holidays are known for ZZ"),
        ("version: 1", "version: 1\nwrong: 1", "wrong"),
    ],
)
def test_an_hours_file_that_is_wrong_says_where_and_why(change: str, to: str, says: str) -> None:
    assert change in HOURS
    with pytest.raises(BadDefinition) as refused:
        read_hours("mine.yaml", HOURS.replace(change, to))
    assert str(refused.value).startswith("mine.yaml: ")
    assert says in str(refused.value)


def test_other_bank_holidays_can_be_kept() -> None:
    scottish = read_hours("mine.yaml", HOURS.replace("region: ENG", "region: SCT"))
    assert scottish.is_bank_holiday(date(2026, 11, 30))
    assert not packaged_hours().is_bank_holiday(date(2026, 11, 30))


def test_school_holidays_may_turn_the_year() -> None:
    school = packaged_hours().is_school_day
    assert [school(date(2026, 12, 21)), school(date(2026, 12, 22))] == [True, False]
    assert [school(date(2027, 1, 1)), school(date(2027, 1, 4))] == [False, True]
    assert not school(date(2026, 9, 26))


def test_grown_ups_may_be_asked_in_school_hours() -> None:
    opening = packaged_hours().asking_on(AgeBand.ADULT, date(2026, 9, 22))
    assert opening == Opening(time(9), time(20, 30))


def test_a_time_of_day_is_written_with_two_digits_each() -> None:
    assert read_time("09:05") == time(9, 5)
    for wrong in ("9:05", "24:00", "16:60", "16", 960, None):
        with pytest.raises(ValueError, match="no time of day"):
            read_time(wrong)


def test_the_files_are_read_once() -> None:
    assert rhythm_data.packaged_rhythms() is rhythm_data.packaged_rhythms()
    assert hours.packaged_hours() is hours.packaged_hours()

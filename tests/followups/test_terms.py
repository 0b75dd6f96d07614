"""School terms: what is known of each council, and that in doubt it is school."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followups import terms
from followups.terms import packaged_terms, read_terms
from surveys.errors import BadDefinition

TERMS = files("followups").joinpath("terms.yaml").read_text(encoding="utf-8")
COUNTY, CITY = "derbyshire-county", "derby-city"

TWO = """
version: 1
every_year: [{first: "12-22", last: "01-02"}]
councils:
  here:
    source: made up
    known_from: "2026-01-05"
    known_until: "2026-04-30"
    terms: [{first: "2026-01-05", last: "2026-02-13"}, {first: "2026-02-23", last: "2026-04-30"}]
  there:
    source: made up
    known_from: "2026-01-05"
    known_until: "2026-03-31"
    terms: [{first: "2026-01-06", last: "2026-02-20"}, {first: "2026-03-02", last: "2026-03-31"}]
"""
BOTH = read_terms("two.yaml", TWO)

days = st.dates(date(2024, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "school"),
    [
        ("2025-09-03", False),
        ("2025-09-04", True),
        ("2025-10-24", True),
        ("2025-10-27", False),
        ("2025-11-03", True),
        ("2026-02-16", False),
        ("2026-03-27", True),
        ("2026-03-30", False),
        ("2026-07-23", True),
        ("2026-07-24", False),
        ("2026-08-31", False),
        ("2026-09-01", True),  # nothing is known of the next year
        ("2026-10-27", True),
        ("2026-09-26", False),  # a Saturday
    ],
)
def test_the_county_s_children_are_at_school_in_its_terms(day: str, *, school: bool) -> None:
    assert packaged_terms().is_school_day(COUNTY, date.fromisoformat(day)) is school


def test_where_nothing_is_known_every_weekday_but_for_the_common_holidays_is_school() -> None:
    school = packaged_terms().is_school_day
    for council in (CITY, None, "nobody-knows-it"):
        assert school(council, date(2025, 10, 28))
        assert school(council, date(2026, 7, 24))
        assert not school(council, date(2026, 7, 27))
        assert not school(council, date(2026, 12, 22))
        assert [school(council, date(2027, 1, day)) for day in (1, 2, 4)] == [False, False, True]


@pytest.mark.parametrize(
    ("council", "day", "school"),
    [
        ("here", "2026-01-05", True),
        ("there", "2026-01-05", False),
        (None, "2026-01-05", True),
        ("here", "2026-02-16", False),
        ("there", "2026-02-16", True),
        ("elsewhere", "2026-02-16", True),
        ("here", "2026-02-23", True),
        (None, "2026-02-23", True),
        ("there", "2026-04-07", True),  # not known any more
        ("here", "2026-04-07", True),
        ("here", "2025-12-23", False),  # not known yet, and free everywhere
    ],
)
def test_a_child_without_a_council_is_at_school_when_any_child_may_be(
    council: str | None, day: str, *, school: bool
) -> None:
    assert BOTH.is_school_day(council, date.fromisoformat(day)) is school


def test_a_child_without_a_council_is_free_when_all_councils_are() -> None:
    free = TWO.replace(
        'first: "2026-01-06", last: "2026-02-20"', 'first: "2026-01-06", last: "2026-02-13"'
    )
    whole = read_terms("two.yaml", free)
    assert not whole.is_school_day(None, date(2026, 2, 16))
    assert BOTH.is_school_day(None, date(2026, 2, 16))


@given(day=days, council=st.sampled_from([COUNTY, CITY, "nobody-knows-it"]))
def test_without_a_council_nobody_is_freer_than_with_one(day: date, council: str) -> None:
    school = packaged_terms().is_school_day
    assert school(None, day) >= school(council, day)
    assert day.weekday() < 5 or not school(council, day)


def test_a_term_that_is_known_goes_before_the_common_holidays() -> None:
    late = TWO.replace('last: "2026-03-31"}', 'last: "2026-12-23"}').replace(
        'known_until: "2026-03-31"', 'known_until: "2026-12-31"'
    )
    there = read_terms("two.yaml", late)
    assert there.is_school_day("there", date(2026, 12, 23))
    assert there.is_school_day(None, date(2026, 12, 23))  # for one council, and nobody knows more
    assert not there.is_school_day("here", date(2026, 12, 23))
    assert not there.is_school_day(None, date(2026, 12, 24))


def test_without_any_council_it_is_school_in_doubt() -> None:
    nobody = read_terms("mine.yaml", "version: 1")
    assert nobody.is_school_day(None, date(2026, 12, 24))
    assert not nobody.is_school_day(None, date(2026, 12, 26))


def test_the_packaged_terms_leave_as_many_school_days_as_a_school_year_has() -> None:
    """195 in England with five training days; bank holidays in a term are nobody's matter here."""
    school = packaged_terms().is_school_day
    year = [date(2025, 9, 1) + timedelta(days=n) for n in range(365)]
    assert sum(school(COUNTY, day) for day in year) == 195 + 1  # May Day


@pytest.mark.parametrize(
    ("change", "to", "where", "says"),
    [
        ("version: 1", "version: 2", "version", "1"),
        ('first: "07-27"', 'first: "02-30"', "every_year", "no day of the year"),
        ('first: "07-27"', "first: 7", "every_year", "no day of the year"),
        ('"2025-09-04"', '"4.9.2025"', "terms -> 0 -> first", "no day: write it"),
        ('"2025-09-04"', "20250904", "terms -> 0 -> first", "no day: write it"),
        ('"2025-09-04"', '"2025-02-30"', "terms -> 0 -> first", "no day: write it"),
        ('"2025-09-04"', '"2025-10-31"', "terms -> 0", "before it begins"),
        ('"2025-11-03"', '"2025-10-20"', "derbyshire-county", "write them in order"),
        ('known_until: "2026-08-31"', 'known_until: "2026-07-22"', "county", "outside of what is"),
        ('known_from: "2025-09-01"', 'known_from: "2025-09-05"', "county", "outside of what is"),
        ('    known_until: "2026-08-31"\n', "", "county", "belong together"),
        ("  derby-city:\n", "  Derby City:\n", "councils -> Derby City", "match"),
        ("    known_from:", "    knwon_from:", "knwon_from", "not permitted"),
        ("version: 1", "version: 1\nversion: 1", "line", "written twice"),
    ],
)
def test_a_terms_file_that_is_wrong_says_where_why_and_how_to_mend_it(
    change: str, to: str, where: str, says: str
) -> None:
    assert change in TERMS
    with pytest.raises(BadDefinition) as refused:
        read_terms("mine.yaml", TERMS.replace(change, to))
    assert refused.value.file == "mine.yaml"
    assert where in refused.value.where
    assert says in str(refused.value)
    assert refused.value.remedy


def test_days_may_be_written_without_quotes() -> None:
    assert read_terms("mine.yaml", TERMS.replace('"2025-09-04"', "2025-09-04")) == packaged_terms()
    with pytest.raises(BadDefinition, match="no day"):
        read_terms("mine.yaml", TERMS.replace('"2025-09-04"', "2025-09-04T10:00:00"))


def test_the_file_is_read_once() -> None:
    assert terms.packaged_terms() is terms.packaged_terms()


def test_the_councils_of_which_nobody_knows_a_day_are_named() -> None:
    assert packaged_terms().unknown_on(date(2026, 2, 1)) == (CITY,)
    assert packaged_terms().unknown_on(date(2026, 9, 1)) == (COUNTY, CITY)


def test_the_example_of_the_handbook_can_be_used() -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "rhythms.md").read_text(encoding="utf-8")
    example = handbook.split("```yaml\n")[1].split("```")[0]
    shown = read_terms("example.yaml", f"version: 1\n{example}")
    assert not shown.is_school_day("made-up-council", date(2026, 10, 26))
    assert shown.is_school_day("made-up-council", date(2026, 11, 2))

"""Help lines: the right numbers for each age, checked not long ago, and never a broken list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from surveys.errors import BadDefinition
from surveys.helplines import LONGEST_UNVERIFIED, Helplines, dial_link, helplines, read_helplines
from surveys.people import AgeBand, Role
from surveys.wording import check_all

SMALL = """
lines:
  - id: emergency
    name: "In danger now"
    way: call
    number: "999"
    about: "Day and night."
    ages: ["5-7", "8-11", "12-15", "16-17", "18-25", adult]
    verified_on: 2026-01-31
    source: https://example.org/emergency
  - id: texting
    name: "A line to text"
    way: text
    number: "85 000"
    keyword: hello
    about: "Free."
    ages: ["12-15"]
    verified_on: 2026-01-31
    source: https://example.org/texting
duty: {name: "Our phone", about: "In the day."}
"""


@pytest.fixture
def today() -> date:
    """The real day: whether a number is too long unchecked is a question about today."""
    return datetime.now(UTC).date()


def ids(role: Role, age_band: AgeBand) -> list[str]:
    return [line.id for line in helplines().suited_to(role, age_band)]


def test_no_number_has_gone_unchecked_for_too_long(today: date) -> None:
    """When this fails: ring each number, look at its source, write the day in helplines.yaml."""
    assert [line.id for line in helplines().stale(today)] == []


def test_a_number_is_stale_after_180_days_and_not_before() -> None:
    lines = read_helplines(SMALL)
    checked = date(2026, 1, 31)
    assert lines.stale(checked + LONGEST_UNVERIFIED) == ()
    assert len(lines.stale(checked + LONGEST_UNVERIFIED + timedelta(days=1))) == 2


def test_a_number_checked_on_a_day_to_come_counts_as_unchecked() -> None:
    assert len(read_helplines(SMALL).stale(date(2026, 1, 30))) == 2


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("age_band", AgeBand)
def test_everybody_is_shown_999_first(role: Role, age_band: AgeBand) -> None:
    assert ids(role, age_band)[0] == "emergency"


def test_childline_is_shown_to_children_and_hidden_from_grown_ups() -> None:
    young = [AgeBand.FIVE_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN, AgeBand.TWELVE_TO_FIFTEEN]
    for age_band in (*young, AgeBand.SIXTEEN_TO_SEVENTEEN):
        assert "childline" in ids(Role.YOUNG_PERSON, age_band)
    assert "childline" not in ids(Role.YOUNG_PERSON, AgeBand.EIGHTEEN_TO_TWENTY_FIVE)
    assert "childline" not in ids(Role.CARER, AgeBand.ADULT)
    assert "childline" not in ids(Role.PROFESSIONAL, AgeBand.ADULT)


def test_somebody_whose_age_we_do_not_know_is_shown_every_line() -> None:
    assert ids(Role.YOUNG_PERSON, AgeBand.ADULT) == [line.id for line in helplines().lines]


def test_links_dial_and_text_the_number_without_spaces() -> None:
    emergency, texting = read_helplines(SMALL).lines
    assert (emergency.link, texting.link) == ("tel:999", "sms:85000")
    assert {line.id: line.link for line in helplines().lines}["childline"] == "tel:08001111"
    assert dial_link(emergency.way, "01632 960 123") == "tel:01632960123"


def test_our_own_words_about_the_lines_pass_the_wording_check() -> None:
    assert [str(finding) for finding in check_all(helplines().sentences())] == []


def replaced(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


BROKEN = [
    replaced('number: "999"', 'number: "112"'),
    replaced('ages: ["5-7", ', "ages: ["),
    replaced("id: texting", "id: emergency"),
    replaced("    keyword: hello\n", ""),
    replaced("way: text", "way: call"),
    replaced("verified_on: 2026-01-31", "verified_on: soon"),
    replaced('number: "85 000"', 'number: "85-000"'),
    replaced("https://example.org/texting", "a friend"),
    replaced('ages: ["12-15"]', "ages: []"),
    replaced("duty:", "duties:"),
    "lines: []\n",
    "nothing",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_list_is_refused_with_place_cause_and_remedy(text: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        read_helplines(text)
    assert refused.value.file == "helplines.yaml"
    assert refused.value.where
    assert refused.value.cause
    assert refused.value.remedy


def test_the_packaged_list_is_read_once() -> None:
    assert isinstance(helplines(), Helplines)
    assert helplines() is helplines()

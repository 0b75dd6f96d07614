"""The rhythms as they are packaged, and every way in which a file can be wrong."""

from __future__ import annotations

from datetime import time
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from followups import rhythm_data, rhythm_files
from followups.hours import packaged_hours
from followups.rhythm_data import MOST_REMINDERS, check_names, packaged_rhythms, read_rhythms
from followups.rhythm_files import check_file, load_rhythms, make_local_rhythm
from followups.terms import packaged_terms
from outcomes.observation import Wave
from surveys.catalogue import load_catalogue
from surveys.errors import BadDefinition
from surveys.people import Role
from usecases.inviting import INTERVENTIONS

PACKAGE = files("followups")
RHYTHMS = PACKAGE.joinpath("rhythms.yaml").read_text(encoding="utf-8")
HOURS = PACKAGE.joinpath("hours.yaml").read_text(encoding="utf-8")
TERMS = PACKAGE.joinpath("terms.yaml").read_text(encoding="utf-8")

LONDON = ZoneInfo("Europe/London")
WAVES = ["start", "review", "end", "3-months", "6-months"]


def asked(kind: str, role: Role) -> list[str]:
    return [f"{each.ask} {each.wave.value}" for each in packaged_rhythms().of_kind(kind).asks[role]]


# --- what is packaged -------------------------------------------------------------------


def test_every_kind_of_support_has_a_rhythm_and_no_other_is_named() -> None:
    assert set(packaged_rhythms().interventions) == set(INTERVENTIONS)
    check_names(rhythm_data.FILE, packaged_rhythms(), INTERVENTIONS)


def test_every_rhythm_is_used_by_a_kind_of_support() -> None:
    assert set(packaged_rhythms().interventions.values()) == set(packaged_rhythms().rhythms)


def test_every_instrument_in_the_rhythms_exists_and_speaks_to_whom_it_is_sent() -> None:
    catalogue = load_catalogue()
    for name, role in packaged_rhythms().instruments():
        instrument = catalogue.latest(name)
        young = role is Role.YOUNG_PERSON
        assert (instrument.role is Role.YOUNG_PERSON) is young, (name, role)


@pytest.mark.parametrize("kind", ["trauma-work", "theraplay", "wrap-around", "ddp"])
def test_a_child_and_a_carer_are_asked_at_the_start_the_reviews_the_end_and_after(
    kind: str,
) -> None:
    for role in (Role.YOUNG_PERSON, Role.CARER):
        asks = packaged_rhythms().of_kind(kind).asks[role]
        assert [each.wave.value for each in asks] == WAVES


def test_every_kind_of_support_is_followed_up_with_somebody_after_its_end() -> None:
    for kind in INTERVENTIONS:
        waves = {each.split()[1] for role in Role for each in asked(kind, role)}
        assert {"end", "3-months"} <= waves, kind


def test_a_single_consultation_asks_a_professional_at_both_ends_and_once_later() -> None:
    assert asked("consultation", Role.PROFESSIONAL) == [
        "adult-view start",
        "adult-view end",
        "adult-view 3-months",
    ]


def test_a_training_asks_before_after_and_later_and_never_a_child() -> None:
    assert asked("training", Role.PROFESSIONAL) == [
        "adult-view start",
        "adult-view end",
        "adult-view 3-months",
    ]
    assert asked("training", Role.YOUNG_PERSON) == []


def test_nobody_gets_more_than_two_reminders_and_some_get_one() -> None:
    ladders = [each.reminders for each in packaged_rhythms().rhythms.values()]
    assert max(len(each.of(begun=begun)) for each in ladders for begun in (True, False)) == 2
    assert packaged_rhythms().of_kind("harmful-behaviour-support").reminders.not_begun == (7,)
    assert MOST_REMINDERS == 2


def test_not_begun_and_half_done_have_clocks_of_their_own() -> None:
    for rhythm in packaged_rhythms().rhythms.values():
        assert rhythm.reminders.of(begun=True) != rhythm.reminders.of(begun=False), rhythm.name


def test_a_rhythm_takes_what_it_does_not_say_from_the_defaults() -> None:
    usual, course = packaged_rhythms().of_kind("ddp"), packaged_rhythms().of_kind("training")
    assert course.waves[Wave.THREE_MONTHS] == usual.waves[Wave.THREE_MONTHS]
    assert course.waves[Wave.START] != usual.waves[Wave.START]
    group = packaged_rhythms().of_kind("attachment-group")
    assert (group.at[Role.CARER], group.at[Role.PROFESSIONAL]) == (time(12, 30), time(10))


def test_a_name_that_the_file_has_no_longer_is_the_usual_rhythm() -> None:
    usual = packaged_rhythms().rhythms[packaged_rhythms().otherwise]
    assert packaged_rhythms().named("taken-out-last-year") is usual
    assert packaged_rhythms().of_kind("something-new") is usual
    assert packaged_rhythms().named("training") is not usual


def test_the_file_is_read_once() -> None:
    assert rhythm_data.packaged_rhythms() is rhythm_data.packaged_rhythms()


# --- what can be wrong ------------------------------------------------------------------

REVIEW = "    review: {window_days: 21, late_days: 10}\n"
LADDER = "reminders: {not-begun: [3, 7], half-done: [3, 5]}"


@pytest.mark.parametrize(
    ("change", "to", "where", "says"),
    [
        ("version: 2", "version: 1", "version", "2"),
        (LADDER, LADDER.replace("3, 7", "3, 7, 9"), "defaults -> reminders -> not-begun", "2"),
        (LADDER, LADDER.replace("3, 7", "0"), "defaults -> reminders -> not-begun -> 0", "1"),
        (LADDER, "reminders: {not-begun: [3]}", "half-done", "required"),
        (LADDER, LADDER.replace("3, 5", "20, 9"), "direct-work -> reminders -> half-done", "29"),
        ("late_days: 10}", "late_days: 22}", "direct-work -> waves -> review", "in time"),
        ("late_days: 10}", "late_days: 6}", "direct-work -> waves -> review", "chose weekends"),
        (REVIEW, "", "defaults", "review is missing under `waves`"),
        (REVIEW, REVIEW.replace("21", "43"), "direct-work -> waves -> review", "two would be open"),
        ('carer: "16:00"', "carer: 16:00", "defaults -> at -> carer", "write it in quotes"),
        (', professional: "10:00"', "", "defaults", "professional is missing under `at`"),
        ("every_weeks: 6}", "every_weeks: 0}", "every_weeks", "1"),
        ("{ask: star, wave: end}", "{ask: star, wave: end, every_weeks: 6}", "asks", "a review"),
        (", wave: review, every_weeks: 6}", ", wave: review}", "asks", "needs every_weeks"),
        ("{ask: star, wave: end}", "{ask: star, wave: start}", "direct-work", "twice in one wave"),
        ("{ask: star, wave: end}", "{ask: star, wave: later}", "wave", "'start'"),
        ("{ask: star, wave: end}", "{ask: Star!, wave: end}", "ask", "match"),
        ("      young-person: []\n", "", "reflective-practice", "young-person is missing"),
        ("\n  trauma-work:\n", "\n  Trauma!:\n", "rhythms -> Trauma!", "match"),
        ("theraplay: dyadic-work", "theraplay: nothing", "interventions -> theraplay", "'nothing'"),
        ("otherwise: direct-work", "otherwise: nothing", "otherwise", "Use one of attachment-g"),
        ("otherwise: direct-work", "otherwise: direct-work\nmore: 1", "more", "not permitted"),
        ("silent_after_days: 90", "silent_after_days: 0", "silent_after_days", "1"),
        ("silent_after_days: 90", "", "silent_after_days", "required"),
        ("version: 2", "version: 2\nversion: 2", "line", "written twice"),
        ("version: 2", "version: [", "line", "indent"),
    ],
)
def test_a_rhythm_file_that_is_wrong_says_where_why_and_how_to_mend_it(
    change: str, to: str, where: str, says: str
) -> None:
    assert change in RHYTHMS
    with pytest.raises(BadDefinition) as refused:
        read_rhythms("mine.yaml", RHYTHMS.replace(change, to))
    assert refused.value.file == "mine.yaml"
    assert where in refused.value.where
    assert says in str(refused.value)
    assert refused.value.remedy


def test_a_kind_of_support_that_does_not_exist_is_refused() -> None:
    wrong = read_rhythms("mine.yaml", RHYTHMS.replace("  theraplay:", "  magic:"))
    with pytest.raises(BadDefinition, match="no such kind of support: magic"):
        check_names("mine.yaml", wrong, INTERVENTIONS)


def test_a_kind_of_support_without_a_rhythm_is_refused() -> None:
    wrong = read_rhythms("mine.yaml", RHYTHMS.replace("  theraplay: dyadic-work\n", ""))
    with pytest.raises(BadDefinition, match="have no rhythm: theraplay"):
        check_names("mine.yaml", wrong, INTERVENTIONS)


# --- a service's own files --------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_files_of_its_own_a_service_has_the_packaged_ones() -> None:
    rhythm = make_local_rhythm(LONDON)
    assert rhythm.rhythms is packaged_rhythms()
    assert rhythm.hours is packaged_hours()
    assert rhythm.terms is packaged_terms()


def test_a_service_s_own_files_count_one_by_one(tmp_path: Path) -> None:
    mine = write(
        tmp_path, "r.yaml", RHYTHMS.replace("silent_after_days: 90", "silent_after_days: 60")
    )
    hours = write(tmp_path, "h.yaml", HOURS.replace("region: ENG", "region: SCT"))
    terms = write(tmp_path, "t.yaml", TERMS.replace("derby-city:", "nottingham-city:"))
    rhythm = make_local_rhythm(LONDON, mine, hours, terms)
    assert rhythm.silent_after().days == 60
    assert rhythm.hours.bank_holidays.region == "SCT"
    assert set(rhythm.terms.councils) == {"derbyshire-county", "nottingham-city"}
    assert make_local_rhythm(LONDON, hours=hours).rhythms is packaged_rhythms()


@pytest.mark.parametrize(
    ("change", "to", "says"),
    [
        ("  theraplay:", "  magic:", "no such kind of support"),
        ("ask: check-in", "ask: sdq", "there is no such instrument. Use one of adult-view"),
        ("ask: check-in", "ask: carer-star", "it speaks to a carer, not to a young-person"),
    ],
)
def test_a_service_s_own_rhythms_may_name_only_what_there_is(
    tmp_path: Path, change: str, to: str, says: str
) -> None:
    mine = write(tmp_path, "mine.yaml", RHYTHMS.replace(change, to))
    with pytest.raises(BadDefinition) as refused:
        load_rhythms(mine)
    assert says in str(refused.value)


def test_a_file_that_cannot_be_read_is_told_of_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="cannot be read"):
        make_local_rhythm(LONDON, tmp_path / "nowhere.yaml")
    with pytest.raises(BadDefinition, match="cannot be read"):
        make_local_rhythm(LONDON, terms=tmp_path)
    strange = tmp_path / "latin.yaml"
    strange.write_bytes(b"version: \xe9")
    with pytest.raises(BadDefinition, match="not text in UTF-8"):
        make_local_rhythm(LONDON, hours=strange)
    long = write(tmp_path, "long.yaml", "#" * (rhythm_files._MOST_BYTES + 1))
    with pytest.raises(BadDefinition, match="too long"):
        make_local_rhythm(LONDON, terms=long)


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (RHYTHMS, "rhythms", "13 rhythms for 16 kinds of support"),
        (HOURS, "hours", "hours for 6 ages, 3 parts of the week"),
        (TERMS, "terms", "derbyshire-county until 2026-08-31, derby-city not known"),
        ("version: 1\ncouncils: {}", "terms", "no council"),
    ],
)
def test_a_good_file_is_known_by_what_is_in_it(
    tmp_path: Path, text: str, kind: str, says: str
) -> None:
    checked = check_file(write(tmp_path, "any.yaml", text))
    assert checked.kind == kind
    assert says in checked.summary


@pytest.mark.parametrize("text", ["", "- 1", "version: 1"])
def test_a_file_of_no_kind_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadDefinition, match="none of `interventions`, `asking`, `councils`"):
        check_file(write(tmp_path, "any.yaml", text))

"""A release is one frozen value: same figures, same id, and nobody changes it unseen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from outcomes.audit.certificate import Certificate
from outcomes.compiling import make
from outcomes.episode import COUNCILS, Audience, Commissioner
from outcomes.errors import BadReleaseError
from outcomes.facts import Facts
from outcomes.figures import Symbol
from outcomes.formats.page import group_star
from outcomes.ledger import Entry
from outcomes.measures.catalogue import AREAS, MEASURES, theme_measures
from outcomes.measures.measure import Cadence
from outcomes.protection.gate import protect
from outcomes.protection.policy import NHS5
from outcomes.release import Release, Status, compile_release, read_release
from tests.outcomes.caseload import Q3, THEMES, count
from tests.outcomes.golden import (
    CHILDREN,
    COMPILED_ON,
    TABLES,
    golden_releases,
    kept_files,
    made_up_year,
)

REWRITE = "run `python -m tests.outcomes.golden` and look at the difference"


@pytest.fixture(scope="module", name="release")
def _release() -> Release:
    return golden_releases()[0].release


def test_the_made_up_quarter_and_its_year_give_the_files_that_are_kept() -> None:
    kept = {path for path in TABLES.rglob("*") if path.is_file()}
    for path, text in kept_files():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: {REWRITE}"
        kept.remove(path)
    assert kept == set(), f"no release gives these: {REWRITE}"


def test_people_in_another_order_give_the_same_release(release: Release) -> None:
    upside_down = made_up_year(range(CHILDREN)[::-1])
    again = make(
        replace(
            upside_down,
            observations=upside_down.observations[::2] + upside_down.observations[1::2],
        ),
        Q3,
        NHS5,
        compiled_on=COMPILED_ON,
        ledger=[],
        themes=THEMES,
    )
    assert release.to_json() == again.release.to_json()
    assert release.id == again.release.id


@pytest.mark.parametrize("place", range(2), ids=["quarter", "year"])
def test_every_release_carries_a_proof_that_can_be_checked(place: int) -> None:
    made = golden_releases()[place]
    certificate = Certificate.from_bytes(made.certificate)
    certificate.check()
    assert made.release.certificate == certificate.digest


@pytest.mark.parametrize("place", range(2), ids=["quarter", "year"])
def test_no_true_count_of_a_few_is_shown_nor_left_over_by_subtraction(place: int) -> None:
    """From the figures alone: what is shown is never small, and neither is what others add."""
    made = golden_releases()[place]
    entry = Entry.from_bytes(made.ledger)
    for cell, shown in entry.published.counts.items():
        assert shown is None or (shown >= 5 and shown % 5 == 0)
        if cell.footprint is Audience.ICB and shown is not None:
            for council in COUNCILS:
                others = set(Commissioner) - {Commissioner(council.value)}
                assert not 0 < entry.raw.count(cell.row, others) < 5, cell


def test_a_release_comes_back_from_its_text_as_it_was(release: Release) -> None:
    text = release.to_json()
    assert release == read_release(text)
    assert text == read_release(text).to_json()
    assert json.loads(text)["id"] == release.id
    assert release.id.startswith("2026-27-q3-")


def test_a_changed_text_is_no_release(release: Release) -> None:
    text = release.to_json()
    stored = json.loads(text)
    stored["figures"][0]["numerator"] = 55
    for changed in (
        json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        json.dumps(json.loads(text)),
        text.replace('"footprint":"icb"', '"footprint":"moon"'),
        text.replace('"percent":"c"', '"percent":"q"'),
        text.replace("2026/27-Q3", "2026/27-Q9"),
        "{}",
        "[]",
        "not json",
        "",
    ):
        with pytest.raises(BadReleaseError, match="take it from a backup"):
            read_release(changed)


def test_a_release_names_every_definition_and_the_policy_behind_it(release: Release) -> None:
    defined = [*MEASURES, *theme_measures(THEMES)]
    assert {each.content_hash for each in release.definitions} == {
        each.content_hash for each in defined if Cadence.QUARTER in each.cadence
    }
    assert NHS5 == release.policy
    assert "public" in release.scenarios
    for figure in release.figures:
        assert figure.measure == release.definition_of(figure).measure


def test_another_definition_or_policy_gives_another_id(release: Release) -> None:
    definition = replace(release.definitions[0], content_hash="0" * 64)
    others = [
        replace(release, definitions=(definition, *release.definitions[1:])),
        replace(release, policy=replace(release.policy, width=9)),
        replace(release, status=Status.PROVISIONAL),
        replace(release, notes=()),
    ]
    assert len({release.id, *(each.id for each in others)}) == 5


@pytest.mark.parametrize(
    ("days", "status"), [(-1, Status.PROVISIONAL), (0, Status.FINAL), (400, Status.FINAL)]
)
def test_a_release_is_provisional_until_late_answers_no_longer_count(
    days: int, status: Status
) -> None:
    release = compile_release(
        protect(count(Facts(())), NHS5).safe,
        compiled_on=Q3.freeze_date + timedelta(days=days),
        certificate="",
    )
    assert status is release.status
    word = "Provisional" if status is Status.PROVISIONAL else "Final"
    assert any(note.startswith(f"{word}: ") and "28 January 2027" in note for note in release.notes)


def test_the_three_audiences_together_see_the_release_and_nothing_else(release: Release) -> None:
    seen = {each for audience in Audience for each in release.figures_for(audience)}
    assert set(release.figures) == seen
    assert set(release.flow) == {
        each for audience in Audience for each in release.flow_for(audience)
    }
    for council in (Audience.DERBY_CITY, Audience.DERBYSHIRE_COUNTY):
        assert {council} == {each.footprint for each in release.figures_for(council)}
        assert {council} == {each.footprint for each in release.flow_for(council)}


def test_the_notes_say_how_to_read_the_figures(release: Release) -> None:
    told = " ".join(release.notes)
    for words in (
        "1 October 2026 to 31 December 2026",
        "nearest 5",
        "c = withheld",
        "may not add up",
        "not what caused it",
        "who could have answered",
    ):
        assert words in told


def test_nobody_at_all_gives_figures_without_a_number_and_no_error() -> None:
    safe = protect(count(Facts(())), NHS5).safe
    shown = {
        value
        for figure in safe.figures
        if figure.measure != "M21"  # counts outcomes of the contract, not people
        for value in (figure.numerator, figure.denominator, figure.percent, figure.change_mean)
    }
    assert all(isinstance(each, Symbol) for each in shown | {each.episodes for each in safe.flow})


@pytest.mark.parametrize("audience", Audience)
def test_the_group_star_has_every_area_and_never_a_zero(
    release: Release, audience: Audience
) -> None:
    star = group_star(release, audience)
    assert list(AREAS.values()) == [each.label for each in star.areas]
    for area in star.areas:
        assert (area.first is None) == (area.last is None) == (area.reason is not None)
        for mean in (area.first, area.last):
            assert mean is None or Decimal(1) <= mean <= Decimal(5)

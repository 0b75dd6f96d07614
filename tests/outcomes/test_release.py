"""A release is one frozen value: same figures, same id, and nobody changes it unseen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from outcomes.disclosure import NHS5, protect
from outcomes.episode import Audience
from outcomes.errors import BadReleaseError
from outcomes.measures import MEASURES
from outcomes.release import Release, Status, compile_release, read_release
from tests.outcomes.golden import COMPILED_ON, files_of, golden_release, made_up_quarter
from tests.outcomes.people import Q3, Service

REWRITE = "run `python -m tests.outcomes.golden` and look at the difference"


@pytest.fixture(scope="module", name="release")
def _release() -> Release:
    return golden_release()


def test_the_made_up_quarter_gives_the_files_that_are_kept(release: Release) -> None:
    for path, content in files_of(release):
        assert path.read_bytes() == content, f"{path.name}: {REWRITE}"


def test_people_in_another_order_give_the_same_release(release: Release) -> None:
    service = made_up_quarter()
    for records in (service.episodes, service.observations, service.askings):
        records.reverse()
    again = compile_release(protect(service.counted(), NHS5), compiled_on=COMPILED_ON)
    assert release.to_json() == again.to_json()
    assert release.id == again.id


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
    assert {each.content_hash for each in MEASURES} == {
        each.content_hash for each in release.definitions
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
    safe = protect(Service().counted(), NHS5)
    release = compile_release(safe, compiled_on=Q3.freeze_date + timedelta(days=days))
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

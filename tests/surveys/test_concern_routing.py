"""Words that may mean their writer's own worker, or that ask that they are not told, are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.concern_routing import KeptFrom, names_matter, route
from surveys.concerns import ConcernCategory, notice
from surveys.people import Role

WORKERS = ("wendy.smith", "a.worker")


def kept_from(text: str, role: Role | None = Role.YOUNG_PERSON) -> KeptFrom:
    return route(text, notice(text), role, WORKERS).kept_from


@pytest.mark.parametrize(
    "text",
    [
        "my worker makes me sit on his lap",
        "the therapist kissed me",
        "my theripist touched me",
        "my support worker sends me pics",
        "staff here locked me in",
        "sarah from the project hit me",
        "the manager of starling touched me",
        "the person who reads this hits me",
        "the lady on the duty phone hit me",
        "a guy who works here showed me his dick",
        "the taxi driver touched me",
        "Wendy touches me",
        "Wendy's hand was on my leg, she touched me",
        "i dont like my worker, he hits me",
        "my w0rker touches me",
    ],
)
def test_abuse_beside_somebody_who_works_with_people_is_an_allegation(text: str) -> None:
    for role in (Role.YOUNG_PERSON, Role.CARER, None):
        routed = route(text, notice(text), role, WORKERS)
        assert routed.kept_from is KeptFrom.ALL_BUT_LEADS
        assert routed.concern is not None
        assert ConcernCategory.ALLEGATION in routed.concern.categories


@pytest.mark.parametrize(
    "text",
    [
        "he touches me when we are alone",
        "he hits me",
        "they make me send nudes",
        "i was raped",
        "i get hit",
        "dave hits me",
        "i told my mum that he touches me",
    ],
)
def test_abuse_by_nobody_named_may_be_by_the_worker(text: str) -> None:
    assert kept_from(text) is KeptFrom.WORKER


@pytest.mark.parametrize(
    "text",
    [
        "i dont want my social worker to see this",
        "please dont tell my worker but i cut myself",
        "can you not show my worker",
        "plz dont show my sw",
        "keep this from my worker",
        "my worker must not know i want to die",
        "can i talk to someone other than my worker",
        "is there anybody i can talk to that isnt my worker",
        "i want a different social worker",
        "dont tell wendy but i took loads of pills",
        "dont let Wendy read this",
    ],
)
def test_whoever_asks_that_their_worker_is_not_told_is_heard_by_a_person_but_not_by_them(
    text: str,
) -> None:
    routed = route(text, notice(text), Role.YOUNG_PERSON, WORKERS)
    assert routed.kept_from is KeptFrom.WORKER
    assert routed.concern is not None
    assert names_matter(text, None)


@pytest.mark.parametrize(
    "text",
    [
        "my mum hits me",
        "my dad touches me at night",
        "boys at school hit me",
        "i cut myself",
        "i want to die",
        "we had pizza with my worker",
        "i will see my worker on monday",
        "i need to talk to my worker",
        "can wendy call me",
        "i like football",
        "i dont like peas",
        "",
    ],
)
def test_a_worker_is_told_of_what_is_not_about_them(text: str) -> None:
    assert kept_from(text) is KeptFrom.NOBODY


def test_a_carer_who_says_he_hits_me_is_not_speaking_of_their_worker() -> None:
    assert kept_from("he hits me", Role.CARER) is KeptFrom.NOBODY


def test_staff_in_the_middle_of_a_text_too_long_to_be_read_are_still_seen() -> None:
    text = f"{'we went out today. ' * 200} my worker hits me {'it was nice. ' * 200}"
    assert kept_from(text) is KeptFrom.WORKER


def test_of_text_that_names_nobody_the_worker_does_not_matter() -> None:
    assert not names_matter("we had chips and played football", None)


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_be_routed(text: str) -> None:
    concern = notice(text)
    routed = route(text, concern, Role.YOUNG_PERSON, WORKERS)
    if concern is not None:
        assert routed.concern is not None
        assert routed.concern.level >= concern.level
        assert set(concern.categories) <= set(routed.concern.categories)

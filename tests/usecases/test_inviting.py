"""What staff do: support is opened and closed, people are invited, and nobody's name gets in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from storage import invitations, tables
from surveys.people import AgeBand, Role
from tests.support.callers import (
    DAY,
    Place,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    rows,
)
from usecases import inviting, overview
from usecases.inviting import By, Closing, Invitee, NewEpisode, check_case_reference
from usecases.overview import Wanted
from usecases.refusal import Refusal
from usecases.service import Service

TODAY = date(2026, 9, 22)


def new_episode(case: str = "T-1", *, on: date = TODAY, kind: str = "theraplay") -> NewEpisode:
    return NewEpisode(case, Commissioner.OTHER, Strand.CARERS, kind, Lives.KINSHIP, on)


# --- case references ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", ["T-1001", "LCS/00123", "2026.4471", "abc_7", "77", "REF", "CASE-2026-0412-B"]
)
def test_a_case_reference_is_taken_as_it_is(case: str) -> None:
    assert check_case_reference(f"  {case} ") == case


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("", "case reference"),
        ("7", "case reference"),
        ("Alex Example", "case reference"),
        ("Alex", "name"),
        ("alex-example", "name"),
        ("12 Made Up Street", "case reference"),
        ("1" * 41, "case reference"),
        ("Élodie-1", "case reference"),
        ("-1001", "case reference"),
        ("T-1\nT-2", "case reference"),
        ("01/02/2015", "date"),
        ("1.2.15", "date"),
        ("01_02_2015", "date"),
        ("2015-02-01", "date"),
        ("2015/2/1", "date"),
        ("2015.02.01", "date"),
        ("T-2015-02-01-X", "date"),
    ],
)
def test_what_looks_like_a_person_is_refused_with_the_remedy(case: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        check_case_reference(case)


# --- support episodes -----------------------------------------------------------------------------


async def test_one_child_may_have_several_support_episodes(place: Place, service: Service) -> None:
    for case in ("T-1", " t-1 ", "T-2"):
        await inviting.open_episode(service, new_episode(case), place.by)
    listed = await inviting.list_episodes(service)
    assert sorted(each.case for each in listed) == ["T-1", "T-1", "T-2"]
    assert len({each.episode.child_id for each in listed}) == 2
    assert len({each.episode.key for each in listed}) == 3
    (first, *_) = await rows(service, tables.audit)
    assert (first.who, first.did) == ("a made-up worker", "opened support episode")
    assert first.target in {each.episode.id for each in listed}


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (new_episode("Alex Example"), "case reference"),
        (new_episode(kind="magic"), "no such kind of support"),
        (new_episode(on=TODAY + DAY), "future"),
    ],
)
async def test_a_support_episode_that_cannot_be_is_refused(
    small_place: Place, small: Service, new: NewEpisode, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        await inviting.open_episode(small, new, small_place.by)
    for table in (tables.children, tables.support_episodes, tables.audit):
        assert await rows(small, table) == []


@pytest.mark.parametrize("worker", ["a.worker", "AB", "team-4", " a.worker ", "w" * 40])
async def test_a_support_episode_may_say_who_looks_after_it(
    small_place: Place, small: Service, worker: str
) -> None:
    new = replace(new_episode(), worker=worker)
    await inviting.open_episode(small, new, small_place.by)
    (listed,) = await inviting.list_episodes(small)
    assert listed.episode.worker == worker.strip()


@pytest.mark.parametrize("worker", ["", "a", "Made Up", ".worker", "w" * 41, "a@b", "a_b", "é.b"])
async def test_a_worker_is_named_by_a_sign_in_name_only(
    small_place: Place, small: Service, worker: str
) -> None:
    with pytest.raises(Refusal, match="sign-in name"):
        await inviting.open_episode(small, replace(new_episode(), worker=worker), small_place.by)
    assert await rows(small, tables.support_episodes) == []


async def test_today_is_today_by_the_clock_on_the_wall(small: Service) -> None:
    past_midnight = datetime(2026, 9, 21, 23, 30, tzinfo=UTC)
    by = By("a made-up worker", past_midnight)
    assert await inviting.open_episode(small, new_episode(on=TODAY), by)
    with pytest.raises(Refusal, match="future"):
        await inviting.open_episode(small, new_episode(on=TODAY + DAY), by)


async def test_closing_plans_the_end_three_and_six_months_and_ends_the_reviews(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    await caller.answers()
    place.now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    (episode,) = await rows(service, tables.support_episodes)
    assert await close_support(place, service, episode.id) == 3
    found = {each.wave: each for each in await moments(service, invited.participant)}
    assert {wave: each.local_time for wave, each in found.items() if not each.state.over} == {
        "end": "2026-11-30T16:00",
        "3-months": "2027-02-28T16:00",
        "6-months": "2027-05-30T16:00",
    }
    assert (found["review"].state.value, found["review"].next_at) == ("suppressed", None)
    assert found["6-months"].due_at == datetime(2027, 5, 30, 15, tzinfo=UTC)
    assert [row.did for row in await rows(service, tables.audit)][-1] == "closed support episode"


async def test_those_who_have_not_joined_are_not_asked_at_the_end(
    small_place: Place, small: Service
) -> None:
    episode = await open_support(small_place, small)
    invited = await invite(small_place, small, episode)
    assert await close_support(small_place, small, episode) == 0
    assert await moments(small, invited.participant) == []


@pytest.mark.parametrize(
    ("on", "why"),
    [(TODAY + DAY, "future"), (date(2026, 8, 31), "cannot end before"), (TODAY, "")],
)
async def test_support_ends_between_its_beginning_and_today(
    small_place: Place, small: Service, on: date, why: str
) -> None:
    episode = await open_support(small_place, small)
    if not why:
        await close_support(small_place, small, episode, on)
        why = "already"
    with pytest.raises(Refusal, match=why):
        await close_support(small_place, small, episode, on)


async def test_there_is_nothing_to_do_with_an_episode_that_is_not_there(
    small_place: Place, small: Service
) -> None:
    closing = Closing(TODAY, CloseReason.MOVED)
    with pytest.raises(Refusal, match="starling episode list"):
        await inviting.close_episode(small, "nothing", closing, small_place.by)
    with pytest.raises(Refusal, match="starling episode list"):
        await invite(small_place, small, "nothing")


async def test_the_list_shows_who_answers_and_can_leave_out_what_is_over(
    place: Place, service: Service
) -> None:
    first, second = (
        await open_support(place, service, "T-1"),
        await open_support(place, service, "T-2"),
    )
    await invite(place, service, first)
    await invite(place, service, first, Role.CARER)
    await close_support(place, service, second)
    listed = {each.case: each for each in await inviting.list_episodes(service)}
    assert sorted((who.role, who.age_band, who.standing) for who in listed["T-1"].people) == [
        ("carer", "adult", "invited"),
        ("young-person", "16-17", "invited"),
    ]
    assert listed["T-2"].people == ()
    assert [each.case for each in await inviting.list_episodes(service, open_only=True)] == ["T-1"]


# --- invitations ----------------------------------------------------------------------------------


async def test_an_invitation_has_a_link_a_code_and_an_end(
    small_place: Place, small: Service
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    token = invited.web.removeprefix("https://starling.test/join/")
    assert invited.telegram == f"https://t.me/MadeUpBot?start={token}"
    assert len(token) <= 64
    assert token.isalnum()
    assert len(invited.code) == 11
    assert invited.expires_at == small_place.now + invitations.LIVES
    (row,) = await rows(small, tables.invitations)
    assert token.encode() not in row.link_index + row.code_index
    assert [each.did for each in await rows(small, tables.audit)][-1] == "invited"


async def test_no_two_invitations_are_alike(small_place: Place, small: Service) -> None:
    episode = await open_support(small_place, small)
    made = [await invite(small_place, small, episode, Role.CARER) for _ in range(20)]
    assert len({each.code for each in made} | {each.web for each in made}) == 40


async def test_there_is_no_telegram_link_where_there_is_no_telegram(
    small_place: Place, small: Service
) -> None:
    without = replace(small, bot_name=lambda: None)
    invited = await invite(small_place, without, await open_support(small_place, without))
    assert invited.telegram is None


async def test_a_young_person_needs_an_age_band_and_a_grown_up_has_none(
    small_place: Place, small: Service
) -> None:
    episode = await open_support(small_place, small)
    with pytest.raises(Refusal, match="age band"):
        await invite(small_place, small, episode, Role.YOUNG_PERSON, AgeBand.ADULT)
    await inviting.invite(
        small, Invitee(episode, Role.CARER, AgeBand.EIGHT_TO_ELEVEN), small_place.by
    )
    (row,) = await rows(small, tables.participants)
    assert (row.role, row.age_band, row.child_id) == ("carer", "adult", None)


async def test_a_child_who_grew_is_spoken_to_as_they_are_now(
    place: Place, service: Service
) -> None:
    first = await open_support(place, service)
    young = await invite(place, service, first, Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN)
    place.forward(timedelta(days=400))
    second = await open_support(place, service)
    older = await invite(place, service, second, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN)
    assert older.participant == young.participant
    (row,) = await rows(service, tables.participants)
    assert row.age_band == "12-15"
    assert len(await rows(service, tables.participations)) == 2
    again = await invite(place, service, second, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN)
    assert again.code != older.code
    assert len(await rows(service, tables.participations)) == 2


async def test_whose_school_terms_count_is_whoever_pays_for_what_they_get_now(
    place: Place, service: Service
) -> None:
    first = await open_support(place, service)
    child = await invite(place, service, first, Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN)
    carer = await invite(place, service, first, Role.CARER)
    found = {row.id: row.council for row in await rows(service, tables.participants)}
    assert found == {child.participant: "derby-city", carer.participant: None}
    elsewhere = await inviting.open_episode(service, new_episode("T-1001"), place.by)
    again = await invite(place, service, elsewhere, Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN)
    assert again.participant == child.participant
    assert {row.id: row.council for row in await rows(service, tables.participants)} == {
        child.participant: None,
        carer.participant: None,
    }


async def test_a_page_of_support_shows_some_and_says_whether_there_is_more(
    place: Place, service: Service
) -> None:
    opened = [
        await inviting.open_episode(service, new_episode(f"T-{number}"), place.by)
        for number in range(3)
    ]
    await close_support(place, service, opened[0], TODAY)
    page = await overview.find_episodes(service, Wanted(most=1))
    assert (len(page.episodes), page.more) == (1, True)
    rest = await overview.find_episodes(service, Wanted(start=1, most=1))
    assert (len(rest.episodes), rest.more) == (1, False)
    closed = await overview.find_episodes(service, Wanted(closed=True))
    assert [each.case for each in closed.episodes] == ["T-0"]
    for wanted in (Wanted(case=" t-0 "), Wanted(beside=opened[0])):
        (one,) = (await overview.find_episodes(service, wanted)).episodes
        assert one.episode.id == opened[0]
    assert (await overview.find_episodes(service, Wanted(case="T-9"))).episodes == ()


async def test_what_goes_on_comes_before_what_ended(place: Place, service: Service) -> None:
    old = await inviting.open_episode(service, new_episode(on=TODAY - 30 * DAY), place.by)
    new = await inviting.open_episode(service, new_episode(), place.by)
    await close_support(place, service, new, TODAY)
    page = await overview.find_episodes(service, Wanted(case="T-1"))
    assert [each.episode.id for each in page.episodes] == [old, new]

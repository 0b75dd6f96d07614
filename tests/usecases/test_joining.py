"""Coming in: a code works once, for one person, and whoever has none learns nothing from us."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from storage import invitations, tables
from storage.people import Standing
from storage.words import to_read
from surveys.people import AgeBand, Role
from tests.support.callers import (
    DAY,
    HOUR,
    Caller,
    Place,
    browser,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    person_of,
    phone,
    rows,
    write,
)
from usecases import transcribing
from usecases.arrival import CodeInput, JoinInput, JoinReply, MenuInput, MenuWish
from usecases.receiving import Reception
from usecases.service import Service

MINUTE = timedelta(minutes=1)
NOT_KNOWN = "That code does not work here."
WAIT = "Let's wait a little before the next try."
IN_ALREADY = "You are in already."
FIRST_PAGE = "This chat asks a few short questions."


async def standing(service: Service, participant: str) -> Standing:
    return (await person_of(service, participant)).standing


async def tries_wrong_codes(caller: Caller, times: int) -> None:
    for number in range(times):
        await caller.types(f"wr0ng-c0de{number % 10}")


# --- the three pages ------------------------------------------------------------------------------


async def test_somebody_reads_three_pages_and_says_yes(place: Place, service: Service) -> None:
    invited = await invite(place, service, await open_support(place, service))
    caller = phone(place, service)
    await caller.opens(invited.web.rpartition("/")[2])
    assert FIRST_PAGE in caller.said
    assert await standing(service, invited.participant) is Standing.READING
    await caller.taps("Next")
    assert "who sees it" in caller.said
    await caller.taps("Next")
    assert "Do you want to join?" in caller.said
    assert await moments(service, invited.participant) == []
    await caller.taps("Yes, I want to")
    assert await standing(service, invited.participant) is Standing.JOINED
    assert "Thank you. You are in." in caller.said
    assert "Is now a good time" in caller.said
    assert len(caller.heard) <= 2


async def test_joining_plans_the_start_now_and_the_first_review(
    small_place: Place, small: Service
) -> None:
    _, invited = await joined(small_place, small)
    start, review = await moments(small, invited.participant)
    assert (start.instrument, start.wave, start.due_at) == ("star", "start", small_place.now)
    assert (review.instrument, review.wave, review.round) == ("check-in", "review", 1)
    assert review.local_time == "2026-11-03T16:00"
    assert review.due_at.isoformat() == "2026-11-03T16:00:00+00:00"
    assert (start.state.value, review.state.value) == ("offered", "planned")


async def test_not_now_asks_nothing_and_leaves_the_way_open(
    small_place: Place, small: Service
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    caller = phone(small_place, small)
    await caller.opens(invited.code)
    for label in ("Next", "Next", "Not now"):
        await caller.taps(label)
    assert await standing(small, invited.participant) is Standing.NOT_NOW
    assert await moments(small, invited.participant) == []
    await caller.taps("Yes, I want to")
    assert await standing(small, invited.participant) is Standing.JOINED
    assert len(await moments(small, invited.participant)) == 2


@pytest.mark.parametrize("wish", [MenuWish.WHATS_NEXT, MenuWish.COME_BACK])
async def test_somebody_who_has_not_said_yes_is_led_to_the_first_page(
    small_place: Place, small: Service, wish: MenuWish
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    caller = phone(small_place, small)
    await caller.opens(invited.code)
    await caller.does(JoinInput(JoinReply.NOT_NOW))
    await caller.does(MenuInput(wish))
    assert FIRST_PAGE in caller.said
    assert await standing(small, invited.participant) is Standing.NOT_NOW


async def test_tell_me_more_explains_and_asks_the_same(small_place: Place, small: Service) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    caller = phone(small_place, small)
    await caller.opens(invited.code)
    for label in ("Next", "Next", "Tell me more"):
        await caller.taps(label)
    assert "Real people read your answers" in caller.said
    assert {"Yes, I want to", "Not now"} <= set(caller.labels)
    await caller.taps("Yes, I want to")
    assert await standing(small, invited.participant) is Standing.JOINED


async def test_old_pages_change_nothing_once_somebody_is_in(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    for reply in JoinReply:
        await caller.does(JoinInput(reply))
        assert IN_ALREADY in caller.said
    assert await standing(small, invited.participant) is Standing.JOINED
    assert len(await moments(small, invited.participant)) == 2


async def test_the_pages_are_for_those_who_were_invited(small_place: Place, small: Service) -> None:
    caller = phone(small_place, small)
    for reply in JoinReply:
        await caller.does(JoinInput(reply))
        assert "Please type your code here" in caller.said
    assert await rows(small, tables.participants) == []


# --- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [str.lower, str.upper, lambda code: f" {code.replace('-', ' ')} "]
)
async def test_the_short_code_can_be_typed_in_any_shape(
    small_place: Place, small: Service, shape: object
) -> None:
    assert callable(shape)
    invited = await invite(small_place, small, await open_support(small_place, small))
    caller = phone(small_place, small)
    await caller.opens(shape(invited.code))
    assert FIRST_PAGE in caller.said


async def test_look_alike_letters_are_put_right(small_place: Place, small: Service) -> None:
    episode = await open_support(small_place, small)
    for _ in range(8):
        invited = await invite(small_place, small, episode)
        mistyped = invited.code.replace("0", "O").replace("1", "l").replace("V", "u")
        caller = phone(small_place, small)
        await caller.types(mistyped)
        assert FIRST_PAGE in caller.said


async def test_used_expired_and_wrong_codes_get_the_same_kind_answer(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service)
    used = await invite(place, service, episode, Role.CARER)
    await phone(place, service).opens(used.code)
    late = await invite(place, service, episode, Role.CARER)
    place.forward(invitations.LIVES)
    answers = []
    for code in (used.code, late.code, late.web.rpartition("/")[2], "WR0NG-WR0NG", "", "👻"):
        caller = phone(place, service)
        received = await caller.opens(code)
        answers.append([each.outgoing for each in received.sendings])
    assert answers == [answers[0]] * len(answers)
    assert NOT_KNOWN in answers[0][0].text
    assert await standing(service, late.participant) is Standing.INVITED


async def test_an_invitation_works_for_three_days(small_place: Place, small: Service) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    small_place.forward(3 * DAY - MINUTE)
    caller = phone(small_place, small)
    await caller.opens(invited.code)
    assert FIRST_PAGE in caller.said


async def test_guessing_in_one_chat_is_throttled_and_the_right_code_is_refused_too(
    place: Place, service: Service
) -> None:
    invited = await invite(place, service, await open_support(place, service))
    caller = phone(place, service)
    await tries_wrong_codes(caller, invitations.TRIES_IN_ONE_CHAT - 1)
    assert NOT_KNOWN in caller.said
    await tries_wrong_codes(caller, 1)
    await caller.types(invited.code)
    assert WAIT in caller.said
    assert await standing(service, invited.participant) is Standing.INVITED
    place.forward(invitations.TRY_WINDOW)
    await caller.types(invited.code)
    assert FIRST_PAGE in caller.said


async def test_one_chat_that_guesses_does_not_keep_others_out(
    small_place: Place, small: Service
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    await tries_wrong_codes(phone(small_place, small), 12)
    caller = phone(small_place, small)
    await caller.types(invited.code)
    assert FIRST_PAGE in caller.said


async def test_guessing_from_many_chats_is_throttled_for_everybody(
    small_place: Place, small: Service
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    crowd = [phone(small_place, small) for _ in range(invitations.TRIES_IN_ALL)]
    arrivals = [each.arrival(CodeInput("wr0ng-wr0ng")) for each in crowd]
    small_place.now = min(each.now for each in arrivals)
    reception = Reception(small)
    await asyncio.gather(*(reception.receive(each) for each in arrivals))
    caller = phone(small_place, small)
    await caller.types(invited.code)
    assert WAIT in caller.said
    linked = await invite(small_place, small, await open_support(small_place, small, "T-2"))
    bystander = phone(small_place, small)
    await bystander.opens(linked.web.rpartition("/")[2])
    assert FIRST_PAGE in bystander.said, "nobody who guesses keeps out who has a link"
    small_place.forward(invitations.TRY_WINDOW + 6 * MINUTE)
    await caller.types(invited.code)
    assert FIRST_PAGE in caller.said


async def test_tries_that_were_throttled_do_not_lengthen_the_wait(
    small_place: Place, small: Service
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    caller = phone(small_place, small)
    await tries_wrong_codes(caller, invitations.TRIES_IN_ONE_CHAT)
    small_place.forward(invitations.TRY_WINDOW - MINUTE)
    await tries_wrong_codes(caller, 3)
    assert WAIT in caller.said
    small_place.forward(MINUTE)
    await caller.types(invited.code)
    assert FIRST_PAGE in caller.said


async def test_two_who_redeem_one_code_at_once_one_wins(place: Place, service: Service) -> None:
    invited = await invite(place, service, await open_support(place, service))
    one, two = phone(place, service), phone(place, service)
    reception = Reception(service)
    arrivals = [each.arrival(CodeInput(invited.code)) for each in (one, two)]
    done = await asyncio.gather(*(reception.receive(each) for each in arrivals))
    said = [received.sendings[0].outgoing.text for received in done]
    assert sorted(FIRST_PAGE in text for text in said) == [False, True]
    assert sorted(NOT_KNOWN in text for text in said) == [False, True]


@pytest.mark.postgres
async def test_two_processes_that_redeem_one_code_at_once_one_wins(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        episode = await open_support(place, here)
        for _ in range(5):
            invited = await invite(place, here, episode, Role.CARER)
            callers = [phone(place, here), phone(place, there)]
            arrivals = [each.arrival(CodeInput(invited.code)) for each in callers]
            await asyncio.gather(
                *(
                    Reception(each.service).receive(arrival)
                    for each, arrival in zip(callers, arrivals, strict=True)
                )
            )
            linked = [
                row
                for row in await rows(here, tables.addresses)
                if row.participant_id == invited.participant
            ]
            assert len(linked) == 1


# --- words where a code was asked for -------------------------------------------------------------


HELP_NOW = "Here are people you can talk to"


@pytest.mark.parametrize("typed", ["help", "Help me please!", "999", "/help", "call an ambulance"])
async def test_help_is_help_where_a_code_is_asked_for_however_often(
    small_place: Place, small: Service, typed: str
) -> None:
    caller = phone(small_place, small)
    for _ in range(invitations.TRIES_IN_ONE_CHAT + 2):
        await caller.opens(typed)
        assert HELP_NOW in caller.said
    assert {row.kind for row in await rows(small, tables.notices)} == {"asked-for-help"}


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_worry_where_a_code_is_asked_for_is_heard(
    small_place: Place, small: Service, *, is_known: bool
) -> None:
    caller = (await joined(small_place, small))[0] if is_known else phone(small_place, small)
    await caller.opens("my dad hits me")
    assert "999" in caller.said
    (kept,) = await rows(small, tables.words)
    assert [row.words_id for row in await rows(small, tables.concerns)] == [kept.id]


@pytest.mark.parametrize("typed", ["iwant2die1", "kms2n1gght", "sav3m 3plzz", "8184V-67V9"])
@pytest.mark.parametrize("by_link", [True, False])
async def test_what_looks_like_a_code_and_is_none_is_kept_for_a_person_to_read(
    small_place: Place, small: Service, typed: str, *, by_link: bool
) -> None:
    caller = phone(small_place, small)
    tries = invitations.TRIES_IN_ONE_CHAT + 1
    for _ in range(tries):
        await (caller.opens(typed) if by_link or "V-" in typed else caller.types(typed))
    assert WAIT in caller.said or typed == "8184V-67V9"
    kept = await small.lane.read(lambda connection: to_read(small.open(connection)))
    assert [each.text for each in kept] == [typed] * tries


async def test_a_code_that_does_not_work_is_not_shown_in_the_chat(
    small_place: Place, small: Service
) -> None:
    web = await browser(small_place, small)
    await web.types("wr0ng-wr0ng")
    assert NOT_KNOWN in web.said
    lines = await transcribing.since(small, web.chat)
    assert [line for line in lines if not line.ours] == []


# --- age ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("band", "on_telegram"),
    [
        (AgeBand.EIGHT_TO_ELEVEN, False),
        (AgeBand.TWELVE_TO_FIFTEEN, False),
        (AgeBand.SIXTEEN_TO_SEVENTEEN, True),
        (AgeBand.EIGHTEEN_TO_TWENTY_FIVE, True),
    ],
)
async def test_telegram_is_for_those_who_are_sixteen(
    small_place: Place, small: Service, band: AgeBand, *, on_telegram: bool
) -> None:
    episode = await open_support(small_place, small)
    invited = await invite(small_place, small, episode, Role.YOUNG_PERSON, band)
    assert (invited.telegram is not None) is on_telegram
    caller = phone(small_place, small)
    await caller.opens(invited.code)
    assert ("There is another chat for you." in caller.said) is not on_telegram


@pytest.mark.parametrize("by_link", [True, False])
async def test_the_link_to_the_web_still_works_after_telegram(
    place: Place, service: Service, *, by_link: bool
) -> None:
    episode = await open_support(place, service)
    invited = await invite(place, service, episode, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN)
    telegram = phone(place, service)
    for _ in range(2):
        await telegram.opens(invited.web.rpartition("/")[2] if by_link else invited.code)
    link = next(word for word in telegram.said.split() if word.startswith("https://"))
    assert await standing(service, invited.participant) is Standing.INVITED
    web = await browser(place, service)
    await web.opens(link.rpartition("/")[2])
    assert FIRST_PAGE in web.said
    await telegram.opens(invited.code)
    assert NOT_KNOWN in telegram.said


# --- coming in again ------------------------------------------------------------------------------


async def test_somebody_who_opens_their_own_old_link_is_simply_welcome(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    for _ in range(invitations.TRIES_IN_ONE_CHAT + 2):
        await caller.opens(invited.code)
        assert IN_ALREADY in caller.said
    assert len(await moments(small, invited.participant)) == 2


async def test_somebody_who_is_in_is_told_that_a_wrong_code_is_wrong(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.opens("wrong-wrong")
    assert NOT_KNOWN in caller.said


async def test_somebody_who_is_in_cannot_guess_for_ever(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    for _ in range(invitations.TRIES_IN_ONE_CHAT):
        await caller.opens("wrong-wrong")
    await caller.opens("wrong-wrong")
    assert WAIT in caller.said


async def test_a_second_invitation_for_the_same_child_keeps_their_history(
    place: Place, service: Service
) -> None:
    caller, first = await joined(place, service)
    await caller.taps("Start")
    await caller.picks(4)
    again = await invite(place, service, await open_support(place, service, "t-1001 "))
    assert again.participant == first.participant
    tablet = phone(place, service)
    await tablet.opens(again.code)
    assert IN_ALREADY in tablet.said
    assert "2 of 8" in tablet.said
    await tablet.answers(4)
    (run,) = await rows(service, tables.runs)
    assert run.status == "finished"
    waves = [(each.wave, each.episode_id) for each in await moments(service, first.participant)]
    assert len(waves) == len(set(waves)) == 4


async def test_a_child_who_comes_again_is_asked_at_the_start_of_the_new_support(
    small_place: Place, small: Service
) -> None:
    caller, first = await joined(small_place, small)
    await caller.taps("Start")
    await caller.answers()
    small_place.forward(100 * DAY)
    await close_support(
        small_place, small, first_episode := (await rows(small, tables.support_episodes))[0].id
    )
    again = await invite(small_place, small, await open_support(small_place, small))
    await caller.opens(again.code)
    assert "Is now a good time" in caller.said
    found = await moments(small, first.participant)
    started = [each.episode_id for each in found if each.wave == "start"]
    assert len(started) == 2
    assert first_episode in started


async def test_a_grown_up_is_one_person_with_several_children(
    place: Place, service: Service
) -> None:
    caller, one = await joined(place, service, Role.CARER, case="T-1")
    await caller.taps("Start")
    await caller.answers(2)
    place.forward(DAY)
    second = await open_support(place, service, "T-2")
    two = await invite(place, service, second, Role.CARER)
    await caller.types(two.code)
    assert "Is now a good time" in caller.said
    found = await moments(service, one.participant)
    assert {each.episode_id for each in found} == {
        row.id for row in await rows(service, tables.support_episodes)
    }
    assert await moments(service, two.participant) == []
    await caller.taps("Start")
    await caller.answers(5)
    observed = await rows(service, tables.observations)
    assert len({row.episode_key for row in observed}) == 2
    assert len({row.participant_key for row in observed}) == 1


async def test_a_picture_shows_last_time_of_the_same_child_only(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small, Role.CARER, case="T-1")
    await caller.taps("Start")
    await caller.answers(2)
    two = await invite(
        small_place, small, await open_support(small_place, small, "T-2"), Role.CARER
    )
    await caller.opens(two.code)
    await caller.taps("Start")
    await caller.answers(5)
    assert "last time" not in caller.said.casefold()


async def test_a_grown_up_who_opens_two_links_before_saying_yes_joins_both(
    small_place: Place, small: Service
) -> None:
    one = await invite(
        small_place, small, await open_support(small_place, small, "T-1"), Role.CARER
    )
    two = await invite(
        small_place, small, await open_support(small_place, small, "T-2"), Role.CARER
    )
    caller = phone(small_place, small)
    await caller.opens(one.code)
    await caller.joins(two)
    found = await moments(small, one.participant)
    assert len({each.episode_id for each in found}) == 2


async def test_a_grown_up_who_is_invited_twice_for_one_child_stays_one(
    place: Place, service: Service
) -> None:
    caller, one = await joined(place, service, Role.CARER)
    (episode,) = await rows(service, tables.support_episodes)
    again = await invite(place, service, episode.id, Role.CARER)
    await caller.opens(again.code)
    assert IN_ALREADY in caller.said
    await caller.opens(again.code)
    assert IN_ALREADY in caller.said
    answering = [row for row in await rows(service, tables.participations) if row.until is None]
    assert [row.participant_id for row in answering] == [one.participant]


async def test_a_chat_that_passes_to_somebody_else_leaves_nothing_behind(
    place: Place, service: Service
) -> None:
    one, first = await joined(place, service, case="T-1")
    await one.taps("Start")
    second = await invite(place, service, await open_support(place, service, "T-2"))
    await one.opens(second.code)
    assert FIRST_PAGE in one.said
    await one.does(JoinInput(JoinReply.YES))
    old = [row for row in await rows(service, tables.addresses) if row.blocked_at is not None]
    assert [row.participant_id for row in old] == [first.participant]
    await one.picks(4)
    assert "I cannot find those questions any more" in one.said
    (run,) = await rows(service, tables.runs)
    assert run.participant_id == first.participant
    assert '"answers":{}' in run.state


async def test_a_browser_never_shows_one_person_the_chat_of_another(
    small_place: Place, small: Service
) -> None:
    one = await invite(small_place, small, await open_support(small_place, small, "T-1"))
    two = await invite(small_place, small, await open_support(small_place, small, "T-2"))
    web = await browser(small_place, small)
    await web.joins(one)
    await web.opens(two.code)
    assert NOT_KNOWN in web.said
    assert await standing(small, two.participant) is Standing.INVITED
    other = await browser(small_place, small)
    await other.opens(two.code)
    assert FIRST_PAGE in other.said


async def test_words_that_look_like_a_code_are_words_for_somebody_we_know(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("abcde12345")
    assert "I have your words" in caller.said
    assert len(await rows(small, tables.words)) == 1


async def test_the_right_code_typed_in_a_throttled_chat_is_kept_as_words_and_works_later(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small, Role.CARER)
    two = await invite(
        small_place, small, await open_support(small_place, small, "T-2"), Role.CARER
    )
    await tries_wrong_codes(caller, invitations.TRIES_IN_ONE_CHAT)
    await caller.types(two.code)
    assert "I have your words" in caller.said
    small_place.forward(invitations.TRY_WINDOW)
    await caller.types(two.code)
    assert IN_ALREADY in caller.said


async def test_a_code_is_known_after_a_new_key_was_put_first(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    second = await invite(small_place, small, await open_support(small_place, small), Role.CARER)
    renewed = Place(small_place.url, small_place.now, small_place.numbers, (b"n" * 32, b"k" * 32))
    async with renewed.open(2) as service:
        caller.service = service
        await caller.taps("Start")
        assert "1 of 8" in caller.said
        carer = phone(renewed, service)
        await carer.opens(second.code)
        assert FIRST_PAGE in carer.said
        again = await invite(renewed, service, await open_support(renewed, service))
        assert again.participant == invited.participant


async def test_nobody_can_be_let_in_as_somebody_who_is_gone(
    small_place: Place, small: Service
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    gone = update(tables.invitations).values(redeemed_at=small_place.now)
    await write(small, lambda work: work.connection.execute(gone))
    caller = phone(small_place, small)
    await caller.opens(invited.code)
    assert NOT_KNOWN in caller.said


async def test_a_chat_is_where_somebody_is_reached_who_used_it_last(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    again = await invite(small_place, small, (await rows(small, tables.support_episodes))[0].id)
    small_place.forward(DAY)
    web = await browser(small_place, small)
    await web.opens(again.code)
    small_place.forward(2 * HOUR)
    await caller.types("hello from my phone")
    used = {row.channel: row.used_at for row in await rows(small, tables.addresses)}
    assert used["telegram"] > used["web"]

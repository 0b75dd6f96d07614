"""Themes: sorted by those who read, counted for staff, answered in words that a child can read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from outcomes.indicators import Reply
from outcomes.quarter import Quarter, Year
from storage import tables
from surveys.people import Role
from tests.support.callers import DAY, Caller, Place, joined, let_be_told, rows
from tests.support.canary import CANARY_SENTENCE
from usecases import reading, rights, theming
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.theme_words import (
    LONGEST_TITLE,
    NamesSomebody,
    check_reply,
    check_title,
    names_in,
    slug_of,
)
from usecases.theming import LONG, Sorting, ThemeOnList

FAMILY, SLEEP = "Seeing my family", "Sleep"
SUMMER = Quarter.parse("2026/27-Q2")
"""The quarter in which the clock of a place stands."""


async def says(service: Service, caller: Caller, words: str = "hello") -> str:
    """Type words that may be told without a name; return their id."""
    before = {row.id for row in await rows(service, tables.words)}
    await caller.types(words)
    (new,) = {row.id for row in await rows(service, tables.words)} - before
    await let_be_told(service, new, caller.place.now)
    return str(new)


async def theme(service: Service, place: Place, slug: str) -> ThemeOnList:
    """One theme as staff see it."""
    listed = await theming.list_themes(service, place.now)
    return next(each for each in listed if each.theme.slug == slug)


async def noted(service: Service) -> list[str]:
    """What the audit says about themes, without looks at words."""
    words = ("theme", "done")
    return [
        row.did for row in await rows(service, tables.audit) if any(w in row.did for w in words)
    ]


async def test_words_are_read_and_sorted_in_one_go_also_under_a_new_theme(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    words = await says(service, caller)
    family = await theming.add_theme(service, "seeing my  family", place.by)
    sorting = Sorting(add=frozenset({family}), new="Sleep")
    assert await theming.read_and_sort(service, words, sorting, place.by)
    looked = await theming.look_at_words(service, [words])
    assert looked.seen == {words: {"seeing-my-family", "sleep"}}
    assert [each.title for each in looked.offered(words)] == [FAMILY, SLEEP]
    assert (await reading.what_waits(service, place.by)).unread == ()
    assert await noted(service) == [
        "added theme", "added theme", "saw theme in words", "saw theme in words",
    ]  # fmt: skip


async def test_sorting_twice_changes_nothing_and_can_be_undone(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    words = await says(service, caller)
    slug = await theming.add_theme(service, SLEEP, place.by)
    add, remove = Sorting(add=frozenset({slug})), Sorting(remove=frozenset({slug}))
    for sorting in (add, add, remove, remove):
        await theming.sort(service, words, sorting, By("worker one", place.now))
    assert (await theming.look_at_words(service, [words])).seen == {}
    assert await noted(service) == ["added theme", "saw theme in words", "took theme off words"]


async def test_a_theme_that_cannot_be_added_leaves_the_words_unread(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    words = await says(service, caller)
    with pytest.raises(Refusal, match="Everybody reads this"):
        await theming.read_and_sort(service, words, Sorting(new="LAC placement"), place.by)
    with pytest.raises(Refusal, match="no such theme"):
        await theming.read_and_sort(service, words, Sorting(add=frozenset({"gone"})), place.by)
    assert [each.id for each in (await reading.what_waits(service, place.by)).unread] == [words]
    assert await rows(service, tables.themes) == []


async def test_only_what_young_people_wrote_is_sorted(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service, Role.CARER)
    words = await says(service, caller)
    slug = await theming.add_theme(service, SLEEP, place.by)
    for which in (words, "nothing"):
        with pytest.raises(Refusal, match="no young person wrote them"):
            await theming.sort(service, which, Sorting(add=frozenset({slug})), place.by)
    assert not (await theming.look_at_words(service, [words])).may_be_sorted
    assert await theming.read_and_sort(service, words, Sorting(), place.by)


async def test_one_theme_is_not_made_twice_and_a_new_one_in_the_queue_may_be_an_old_one(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    words = await says(service, caller)
    await theming.add_theme(service, FAMILY, place.by)
    with pytest.raises(Refusal, match="called like that already"):
        await theming.add_theme(service, "Seeing my - family", place.by)
    await theming.sort(service, words, Sorting(new="seeing my family"), place.by)
    assert len(await rows(service, tables.themes)) == 1


async def test_a_renamed_theme_stays_the_same_and_its_first_name_stays_taken(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, SLEEP, place.by)
    await theming.rename(service, slug, "Sleeping well", place.by)
    assert await theming.themes_of(service) == (("sleep", "Sleeping well"),)
    with pytest.raises(Refusal, match="called like that already"):
        await theming.add_theme(service, SLEEP, place.by)
    other = await theming.add_theme(service, FAMILY, place.by)
    with pytest.raises(Refusal, match="called like that already"):
        await theming.rename(service, other, "sleeping well", place.by)


async def test_a_retired_theme_is_offered_no_more_but_stays_on_what_was_sorted(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    first, second = [await says(service, caller, each) for each in ("one", "two")]
    slug = await theming.add_theme(service, SLEEP, place.by)
    sorting = Sorting(add=frozenset({slug}))
    await theming.sort(service, first, sorting, place.by)
    await theming.retire(service, slug, place.by)
    looked = await theming.look_at_words(service, [first, second])
    assert [each.slug for each in looked.offered(first)] == [slug]
    assert looked.offered(second) == []
    for again in (sorting, Sorting(new="sleep")):
        with pytest.raises(Refusal, match="take it up again"):
            await theming.sort(service, second, again, place.by)
    assert await theming.themes_of(service) == ()
    await theming.take_up_again(service, slug, place.by)
    await theming.sort(service, second, sorting, place.by)


async def test_a_period_has_the_themes_that_were_in_use_then(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, SLEEP, place.by)
    place.forward(100 * DAY)  # the last day of the year
    await theming.retire(service, slug, place.by)
    periods = ("2026/27-Q1", "2026/27-Q2", "2026/27-Q3", "2026/27-Q4")
    found = [await theming.themes_of(service, Quarter.parse(each)) for each in periods]
    assert [len(each) for each in found] == [0, 1, 1, 0]
    assert await theming.themes_of(service, Year(2026)) == ((slug, SLEEP),)


async def test_staff_see_how_many_young_people_raised_a_theme(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, SLEEP, place.by)
    sorting = Sorting(add=frozenset({slug}))
    callers = [(await joined(place, service, case=f"T-{case}"))[0] for case in (1, 2, 3)]
    for caller in (callers[0], callers[0], callers[1]):
        await theming.read_and_sort(service, await says(service, caller), sorting, place.by)
    unread = await says(service, callers[2])
    await theming.sort(service, unread, sorting, place.by)
    raised = (await theme(service, place, slug)).raised
    assert (raised.lately, raised.ever) == (2, 2)
    place.forward(60 * DAY)  # into the next quarter
    raised = (await theme(service, place, slug)).raised
    assert (raised.lately, raised.ever) == (0, 2)


async def test_a_theme_waits_until_something_was_done_and_again_when_it_is_raised_again(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, SLEEP, place.by)
    sorting = Sorting(add=frozenset({slug}))
    caller, _ = await joined(place, service)
    words = await says(service, caller)
    said_at = (await rows(service, tables.words))[0].received_at
    await theming.read_and_sort(service, words, sorting, place.by)
    place.now = said_at + LONG - timedelta(seconds=1)
    assert not (await theme(service, place, slug)).waits_long
    place.forward(timedelta(seconds=1))
    assert (await theme(service, place, slug)).waits_long
    day = place.now.date()
    reply = await theming.add_reply(service, slug, "We bought a night light.", day, place.by)
    found = await theme(service, place, slug)
    assert (found.raised.waiting_since, found.waits_long) == (None, False)
    assert [(each.did, each.day) for each in found.replies] == [("We bought a night light.", day)]
    place.forward(DAY)
    later = await says(service, caller)
    await theming.read_and_sort(service, later, sorting, place.by)
    assert (await theme(service, place, slug)).raised.waiting_since == place.now
    assert await theming.take_back(service, reply, place.by)
    assert not await theming.take_back(service, reply, place.by)
    found = await theme(service, place, slug)
    assert (found.raised.waiting_since, found.waits_long) == (said_at, True)
    assert found.replies == ()


async def test_what_was_done_is_shown_for_a_year_and_not_before_it_was_done(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, SLEEP, place.by)
    days = [SUMMER.last_day - timedelta(days=each) for each in (365, 364, 9)]
    did = ["We bought a lamp.", "We moved a bed.", "We shut the door."]
    for words, day in zip(did, days, strict=True):
        await theming.add_reply(service, slug, words, day, place.by)
    await theming.add_reply(service, slug, did[2], days[2], place.by)  # sent twice
    gone = await theming.add_reply(service, slug, "We sang a song.", days[2], place.by)
    await theming.take_back(service, gone, place.by)
    assert await theming.replies_up_to(service, SUMMER) == (
        Reply(slug, SLEEP, did[1], days[1].isoformat()),
        Reply(slug, SLEEP, did[2], days[2].isoformat()),
    )
    earlier = await theming.replies_up_to(service, Quarter.parse("2026/27-Q1"))
    assert [each.did for each in earlier] == did[:2]


async def test_what_is_done_tomorrow_or_about_no_theme_is_refused(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, SLEEP, place.by)
    tomorrow = place.now.date() + DAY
    with pytest.raises(Refusal, match="today or before"):
        await theming.add_reply(service, slug, "We bought a lamp.", tomorrow, place.by)
    with pytest.raises(Refusal, match="no such theme"):
        await theming.add_reply(service, "gone", "We bought a lamp.", date(2026, 9, 1), place.by)
    for change in (theming.retire, theming.take_up_again):
        with pytest.raises(Refusal, match="no such theme"):
            await change(service, "gone", place.by)


async def test_the_audit_says_who_did_what_and_repeats_no_words(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    words = await says(service, caller, CANARY_SENTENCE)
    slug = await theming.add_theme(service, SLEEP, By("worker one", place.now))
    await theming.read_and_sort(service, words, Sorting(add=frozenset({slug})), place.by)
    await theming.rename(service, slug, "Sleeping well", place.by)
    await theming.add_reply(service, slug, "We bought a lamp.", date(2026, 9, 1), place.by)
    await theming.retire(service, slug, place.by)
    await theming.take_up_again(service, slug, place.by)
    audit = await rows(service, tables.audit)
    assert not any(
        part in str(row) for row in audit for part in (CANARY_SENTENCE, SLEEP, "lamp", "well")
    )
    assert await noted(service) == [
        "added theme",
        "saw theme in words",
        "renamed theme",
        "said what was done",
        "retired theme",
        "took theme up again",
    ]


async def test_somebodys_own_export_tells_what_staff_said_their_words_are_about(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    first, _ = [await says(service, caller, each) for each in ("one", "two")]
    await theming.sort(service, first, Sorting(new="Sleep"), place.by)
    await theming.sort(service, first, Sorting(new=FAMILY), place.by)
    everything = await rights.export(service, invited.participant)
    assert [each.themes for each in everything.words] == [[FAMILY, SLEEP], []]


# --- words of their own ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["", "ab", "a" * (LONGEST_TITLE + 1), "Room 12", "Anna@home", "-"]
)
def test_a_theme_is_a_few_words_without_digits(title: str) -> None:
    with pytest.raises(Refusal, match="a few plain words"):
        check_title(title)


def test_what_was_done_is_held_to_the_rules_of_every_sentence_that_children_see() -> None:
    assert check_reply(" We now see you\n within two weeks. ") == "We now see you within two weeks."
    with pytest.raises(Refusal) as refused:
        check_reply("We implemented pathway reviews for LAC!")
    for part in ("'implemented'", "'pathway'", "'reviews'", "'LAC'", "full stop"):
        assert part in str(refused.value)
    with pytest.raises(Refusal, match="at most 300"):
        check_reply("We did it. " * 40)


def test_a_short_name_holds_small_letters_and_hyphens_only() -> None:
    assert slug_of("Mum's café, and me") == "mums-cafe-and-me"


# --- no names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("did", "names"),
    [
        ("We asked Tom to ring you on Sundays.", ["Tom"]),
        ("Tom will ring you.", ["Tom"]),
        ("You can go to Oakfield at Easter. I'll ask.", ["Oakfield"]),
        ("There is a new swing at St Anne’s.", ["St", "Anne"]),
        ("You can ring Mum on Saturdays, too. We asked the NHS.", []),
    ],
)
def test_words_that_look_like_names_are_found(did: str, names: list[str]) -> None:
    assert list(names_in(did)) == names


def test_a_title_names_nobody() -> None:
    with pytest.raises(NamesSomebody, match="Tom"):
        check_title("Seeing Tom")
    assert check_title("seeing Mum") == "Seeing Mum"


async def test_what_seems_to_name_somebody_is_written_down_once_somebody_looked_again(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, SLEEP, place.by)
    did, day = "We asked Tom about the lamp.", place.now.date()
    with pytest.raises(NamesSomebody, match="“Tom”"):
        await theming.add_reply(service, slug, did, day, place.by)
    assert await rows(service, tables.theme_replies) == []
    await theming.add_reply(service, slug, did, day, place.by, names_nobody=True)
    assert len(await rows(service, tables.theme_replies)) == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t="])
def test_what_a_spreadsheet_would_work_out_is_not_written_down(sign: str) -> None:
    with pytest.raises(Refusal, match="Begin with a letter"):
        check_reply(f"{sign}1 we bought a lamp.")

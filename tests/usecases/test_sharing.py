"""Who else may read somebody's words: they say so themselves, later too, and nobody for them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import tables, words
from surveys.concerns import ConcernCategory
from surveys.people import Role, Sharing
from tests.support.callers import Caller, Place, joined, rows
from usecases import sharing, theming
from usecases.arrival import Media, MediaInput, SharingInput
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.theming import Sorting


@dataclass(frozen=True)
class Found:
    """Words as staff find them."""

    sharing: Sharing | None
    level: str | None = None
    categories: tuple[str, ...] = ()


async def kept(service: Service) -> list[tuple[str, str | None, bool]]:
    """Return of all words, in their order, how they came, who may read them, and who said so."""
    found = await rows(service, tables.words)
    in_order = sorted(found, key=lambda row: row.received_at)
    return [(row.kind, row.sharing, row.sharing_at is not None) for row in in_order]


async def the_words(service: Service) -> str:
    (row,) = await rows(service, tables.words)
    return str(row.id)


async def test_where_nothing_is_tapped_nobody_but_the_reader_for_safety_reads_them(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.types("the dog had puppies")
    assert await kept(service) == [("said", "keep", False)]
    (unread,) = await service.lane.read(lambda rows: words.to_read(service.open(rows)))
    assert unread.sharing is Sharing.KEEP, "whoever reads for safety finds them all the same"


@pytest.mark.parametrize(
    ("label", "chosen"),
    [
        ("Only keep it", "keep"),
        ("My worker may read it", "worker"),
        ("Say it without my name", "without-name"),
    ],
)
async def test_each_choice_is_kept_and_shown_where_it_was_tapped_and_says_nothing_new(
    small_place: Place, small: Service, label: str, chosen: str
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("the dog had puppies")
    await caller.taps(label)
    assert caller.heard == [], "no message comes in the way of the next question"
    assert f"✓ {label}" in caller.labels
    assert await kept(small) == [("said", chosen, True)]


async def test_a_choice_can_be_changed_on_any_day(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service)
    await caller.types("the dog had puppies")
    await caller.taps("My worker may read it")
    await caller.taps("Only keep it")
    assert await kept(service) == [("said", "keep", True)]


async def test_words_that_answer_a_question_carry_the_choice_where_they_were_asked_for(
    small_place: Place, small: Service
) -> None:
    """The next question comes as ever; the choice stands under the answer, with Change."""
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.types("purple")
    assert "Which of these fits best?" in caller.heard[0].text
    assert caller.heard[-1].labels[-1].endswith("Help now"), "the question comes last"
    await caller.taps("Who may read it?")
    await caller.taps("My worker may read it")
    assert ("said", "worker", True) in await kept(small)


@pytest.mark.parametrize("what", ["edit", "caption"])
async def test_changed_words_and_words_under_a_picture_carry_it_too(
    small_place: Place, small: Service, what: str
) -> None:
    caller, _ = await joined(small_place, small)
    if what == "edit":
        await caller.types("the dog had three puppies", edited=True)
    else:
        await caller.does(MediaInput(Media.PHOTO, "the dog had puppies"))
    await caller.taps("Say it without my name")
    assert await kept(small) == [(what, "without-name", True)]


async def test_words_that_may_mean_danger_are_answered_with_help_and_no_choice(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("i want to kill myself")
    assert not [each for each in caller.labels if "read it" in each]
    assert await kept(small) == [("said", "keep", False)]


async def test_nobody_chooses_for_somebody_else(place: Place, service: Service) -> None:
    writer, _ = await joined(place, service)
    await writer.types("the dog had puppies")
    other, _ = await joined(place, service, Role.CARER, case="T-2")
    for who in (other, Caller(place, service, 99)):
        for choice in (None, *Sharing):
            await who.does(SharingInput(await the_words(service), choice))
            assert "Nothing has changed" in who.said
    assert await kept(service) == [("said", "keep", False)]


async def test_only_what_may_be_told_without_a_name_becomes_a_theme_and_not_any_longer(
    place: Place, service: Service
) -> None:
    """Taking it back takes the theme off the words: nothing of it is told from then on."""
    caller, _ = await joined(place, service)
    await caller.types("the dog had puppies")
    slug = await theming.add_theme(service, "Dogs", place.by)
    sorting = Sorting(add=frozenset({slug}))
    for label in ("Only keep it", "My worker may read it"):
        await caller.taps(label)
        with pytest.raises(Refusal, match="only kept"):
            await theming.sort(service, await the_words(service), sorting, place.by)
    await caller.taps("Say it without my name")
    await theming.sort(service, await the_words(service), sorting, place.by)
    assert len(await rows(service, tables.word_themes)) == 1
    await caller.taps("My worker may read it")
    assert await rows(service, tables.word_themes) == []


# --- what the walls ask ---------------------------------------------------------------------------

LEVELS = st.sampled_from([None, "concern", "crisis"])
CATEGORIES = st.lists(st.sampled_from([each.value for each in ConcernCategory]), max_size=3)


@given(st.sampled_from([None, *Sharing]), LEVELS, CATEGORIES)
def test_a_worker_reads_what_they_may_and_what_is_about_safety_but_nothing_said_about_workers(
    chosen: Sharing | None, level: str | None, categories: list[str]
) -> None:
    about = tuple(categories) if level else ()
    may = sharing.may_worker_read(Found(chosen, level, about))
    if ConcernCategory.ALLEGATION.value in about:
        assert not may
    elif level is not None:
        assert may
    else:
        assert may is (chosen in (None, Sharing.WORKER))


def test_only_words_without_a_name_are_told_on_and_those_from_before_anybody_was_asked() -> None:
    told = [each for each in (None, *Sharing) if sharing.may_be_told_on(each)]
    assert told == [None, Sharing.WITHOUT_NAME]

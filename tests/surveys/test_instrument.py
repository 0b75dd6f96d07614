"""A questionnaire refuses what could not be asked, with the item and the remedy."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from surveys.instrument import LONGEST_BUTTON, Instrument, Item, Wording
from surveys.people import Voice


def choice(value: int, label: str = "Some words", **more: Any) -> dict[str, Any]:
    return {"value": value, "label": label, **more}


def item(name: str = "first", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "scale",
        "ask": "How is it?",
        "why": "We want to know.",
        "choices": [choice(1, "Bad"), choice(2, "Good")],
        **more,
    }


def instrument(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "made-up",
        "version": 1,
        "role": "carer",
        "voices": ["adult"],
        "name": "Made up",
        "minutes": 1,
        "opening": "Hello.",
        "closing": "Thank you.",
        "items": list(items) or [item()],
        **more,
    }


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (item(kind="text"), "item first: a text item has no choices"),
        (item(choices=[choice(1)]), "item first: give at least two choices"),
        (item(kind="choice", choices=[]), "item first: give at least two choices"),
        (item(choices=[choice(1), choice(1)]), "two choices store the same value"),
        (item(scored=True, kind="choice"), "a scored item is a scale"),
        (item(scored=True, choices=[choice(2), choice(1)]), "values in rising order"),
        (item(wants_person=[3]), "wants_person names a value that is not a choice"),
        (item(choices=[choice(1), choice(2, "x" * (LONGEST_BUTTON + 1))]), "shorten it"),
        (item(choices=[choice(1), choice(2, "x" * LONGEST_BUTTON, symbol="🙂")]), "shorten it"),
        (item(choices=[choice(-1), choice(2)]), "greater than or equal to 0"),
        (item(ask={}), "at least one voice"),
        (item(ask=""), "at least 1 character"),
        (item(ask=7), "Wording"),
        (item("Not A Slug"), "pattern"),
        (item(colour="blue"), "Extra inputs"),
    ],
)
def test_an_item_that_cannot_be_asked_is_refused(broken: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Item.model_validate(broken)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (instrument(item(), item()), "item first: the id is used twice"),
        (
            instrument(item(when={"item": "second", "any_of": [1]}), item("second")),
            "item first: its rule names 'second', which is not an earlier item",
        ),
        (
            instrument(item(), item("second", when={"item": "first", "any_of": [1, 9]})),
            "item second: its rule waits for a value that 'first' cannot have",
        ),
        (instrument(item(), voices=[]), "at least 1 item"),
        (instrument(*(item(f"item-{number}") for number in range(21))), "at most 20"),
        (instrument(item(), minutes=16), "less than or equal to 15"),
        (instrument(item(), version=0), "greater than or equal to 1"),
    ],
)
def test_items_that_do_not_hang_together_are_refused(broken: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Instrument.model_validate(broken)


def test_a_rule_may_name_an_earlier_item_and_its_values() -> None:
    made = Instrument.model_validate(
        instrument(item(), item("second", when={"item": "first", "any_of": [1, 2]}))
    )
    assert [each.id for each in made.items] == ["first", "second"]
    assert made.item("second") is made.by_id["second"]
    with pytest.raises(KeyError):
        made.item("third")


def test_a_voice_that_is_not_written_falls_back_to_the_nearest() -> None:
    younger, older, adult = Voice.YOUNGER, Voice.OLDER, Voice.ADULT
    written = Wording(older="older")
    assert [written.speak(voice) for voice in Voice] == ["older"] * 3
    assert Wording(younger="y", adult="a").speak(older) == "a"
    assert Wording(younger="y").speak(adult) == "y"
    assert Wording(younger="y", older="o", adult="a").speak(younger) == "y"
    assert written.sentences() == {older: "older"}


def test_one_sentence_may_stand_for_all_voices() -> None:
    made = Instrument.model_validate(instrument())
    assert made.opening.sentences() == dict.fromkeys(Voice, "Hello.")


def test_a_button_shows_the_face_before_the_words() -> None:
    made = Item.model_validate(
        item(choices=[choice(1, "Bad", symbol="🙁"), choice(2, "Good")], wants_person=[1])
    )
    assert [each.button(Voice.ADULT) for each in made.choices] == ["🙁 Bad", "Good"]
    assert made.choice(2) == made.choices[1]
    assert made.choice(3) is None


def test_the_same_content_has_the_same_digest_and_any_other_another() -> None:
    one = Instrument.model_validate(instrument())
    same = Instrument.model_validate(instrument(picture=False))
    other = Instrument.model_validate(instrument(item(ask="How is it now?")))
    assert one.ref == same.ref
    assert one.digest != other.digest
    assert len(one.digest) == 64
    assert (one.ref.id, one.ref.version, one.ref.digest) == ("made-up", 1, one.digest)


def test_nothing_of_it_can_be_changed() -> None:
    made = Instrument.model_validate(instrument())
    with pytest.raises(ValidationError, match="frozen"):
        made.version = 2  # type: ignore[misc]  # that is what must fail

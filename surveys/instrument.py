"""What we ask: frozen models of one versioned questionnaire that refuse bad definitions.

It must not know who answers, when, or over which channel.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Annotated, NewType, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from surveys.people import Role, Voice

ItemId = NewType("ItemId", str)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,23}$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]

LONGEST_BUTTON = 34
"""Characters that fit on one full-width button at 360 px; longer labels are refused at load."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Frozen):
    """One sentence in up to three voices; a voice that is not given falls back to `older`."""

    younger: Sentence | None = None
    older: Sentence | None = None
    adult: Sentence | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.younger or self.older or self.adult):
            msg = "give the words in at least one voice (younger, older or adult)"
            raise ValueError(msg)
        return self

    def speak(self, voice: Voice) -> str:
        """Return the words for this voice, or the nearest voice that is written."""
        own = {Voice.YOUNGER: self.younger, Voice.OLDER: self.older, Voice.ADULT: self.adult}
        return own[voice] or self.older or self.adult or self.younger or ""

    def sentences(self) -> dict[Voice, str]:
        """Return what is written, by voice: what a wording check has to read."""
        own = {Voice.YOUNGER: self.younger, Voice.OLDER: self.older, Voice.ADULT: self.adult}
        return {voice: text for voice, text in own.items() if text}


def _one_sentence_for_all(value: object) -> object:
    """Let an author write a plain string where every voice says the same."""
    if isinstance(value, str):
        return {"younger": value, "older": value, "adult": value}
    return value


Words = Annotated[Wording, BeforeValidator(_one_sentence_for_all)]


class ItemKind(StrEnum):
    """How an item is answered."""

    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


class Choice(_Frozen):
    """One answer that can be tapped: its stored value, its face and its words.

    `also` lists words that somebody may type and that clearly mean this choice.
    """

    value: Annotated[int, Field(ge=0, le=99)]
    symbol: Annotated[str, StringConstraints(max_length=8)] = ""
    label: Words
    also: tuple[str, ...] = ()

    def button(self, voice: Voice) -> str:
        """Return the words on the button, with the face in front where there is one."""
        return f"{self.symbol} {self.label.speak(voice)}".strip()


class Rule(_Frozen):
    """Ask this item only when an earlier item was answered with one of these values."""

    item: Slug
    any_of: Annotated[tuple[int, ...], Field(min_length=1)]


class Item(_Frozen):
    """One question: what is asked, why, and the choices.

    `scored` items of kind `scale` become numbers in figures: a higher value is always better.
    `wants_person` lists the values that ask us to find a grown-up to talk with.
    """

    id: Slug
    kind: ItemKind
    area: Words | None = None
    ask: Words
    why: Words
    choices: tuple[Choice, ...] = ()
    when: Rule | None = None
    scored: bool = False
    wants_person: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _is_answerable(self) -> Self:
        values = [choice.value for choice in self.choices]
        if self.kind is ItemKind.TEXT and values:
            msg = f"item {self.id}: a text item has no choices; take them out or make it a choice"
            raise ValueError(msg)
        if self.kind is not ItemKind.TEXT and len(values) < 2:  # noqa: PLR2004 (a choice needs two)
            msg = f"item {self.id}: give at least two choices"
            raise ValueError(msg)
        if len(set(values)) != len(values):
            msg = f"item {self.id}: two choices store the same value; give each its own"
            raise ValueError(msg)
        if self.scored and (self.kind is not ItemKind.SCALE or values != sorted(values)):
            msg = f"item {self.id}: a scored item is a scale with its values in rising order"
            raise ValueError(msg)
        if not set(self.wants_person) <= set(values):
            msg = f"item {self.id}: wants_person names a value that is not a choice"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _buttons_fit(self) -> Self:
        for choice in self.choices:
            for voice in choice.label.sentences():
                if len(choice.button(voice)) > LONGEST_BUTTON:
                    msg = (
                        f"item {self.id}: the button {choice.button(voice)!r} is longer than "
                        f"{LONGEST_BUTTON} characters; shorten it so that it fits a phone"
                    )
                    raise ValueError(msg)
        return self

    def choice(self, value: int) -> Choice | None:
        """Return the choice that stores this value, or None when there is none."""
        return next((choice for choice in self.choices if choice.value == value), None)


class InstrumentRef(_Frozen):
    """Points at one exact, unchangeable version of an instrument."""

    id: Slug
    version: Annotated[int, Field(ge=1)]
    digest: str


class Instrument(_Frozen):
    """A versioned set of items for one role, with its opening and closing words."""

    id: Slug
    version: Annotated[int, Field(ge=1)]
    role: Role
    voices: Annotated[tuple[Voice, ...], Field(min_length=1)]
    name: Words
    minutes: Annotated[int, Field(ge=1, le=15)]
    opening: Words
    closing: Words
    picture: bool = False
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _items_hang_together(self) -> Self:
        earlier: dict[str, Item] = {}
        for item in self.items:
            if item.id in earlier:
                msg = f"item {item.id}: the id is used twice; give each item its own"
                raise ValueError(msg)
            if item.when is not None:
                self._check_rule(item.id, item.when, earlier)
            earlier[item.id] = item
        return self

    @staticmethod
    def _check_rule(item: str, rule: Rule, earlier: dict[str, Item]) -> None:
        if rule.item not in earlier:
            msg = f"item {item}: its rule names {rule.item!r}, which is not an earlier item"
            raise ValueError(msg)
        known = {choice.value for choice in earlier[rule.item].choices}
        if not set(rule.any_of) <= known:
            msg = f"item {item}: its rule waits for a value that {rule.item!r} cannot have"
            raise ValueError(msg)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the identity of this exact content.

        What is left at its default does not count, so that a new optional field changes nothing.
        """
        text = json.dumps(
            self.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def ref(self) -> InstrumentRef:
        """The reference to which a run is pinned."""
        return InstrumentRef(id=self.id, version=self.version, digest=self.digest)

    @cached_property
    def branches(self) -> bool:
        """Whether any item is asked only after certain answers."""
        return any(item.when is not None for item in self.items)

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """Items by their id."""
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> Item:
        """Return the item of this id; KeyError when there is none."""
        return self.by_id[item_id]

"""Every sentence for participants that no instrument holds, by key and voice; it sends nothing.

It must not hold a sentence itself: they stand in surveys/phrases/*.yaml, one section a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from surveys.definition_text import explain, read_definition, read_packaged
from surveys.errors import SurveyFault
from surveys.instrument import Words
from surveys.people import Voice
from surveys.wording import Kind, Sentence

Placeholder = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,19}$")]
PhraseName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class UnknownPhrase(SurveyFault):
    """No phrase has this key: a sentence is missing in surveys/phrases."""


class WrongPlaceholders(SurveyFault):
    """A phrase was spoken with other values than the placeholders that it holds."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Phrase(_Frozen):
    """One sentence or message in up to three voices, and the {placeholders} that it holds.

    Every placeholder stands in every voice that is written, or a voice would leave out a number
    or a link that the others have. `kind` says where it stands; without it the section decides.
    """

    says: Words
    holds: tuple[Placeholder, ...] = ()
    kind: Kind | None = None

    @model_validator(mode="after")
    def _holds_what_it_says(self) -> Self:
        for voice, text in self.says.sentences().items():
            found = _placeholders(text)
            if found != set(self.holds):
                odd = ", ".join(sorted(found ^ set(self.holds)))
                msg = f"{voice}: `holds` and the words do not name the same placeholders ({odd})"
                raise ValueError(msg)
        return self


def _placeholders(text: str) -> set[str]:
    """Return the names between braces; ValueError for anything but a bare {name}."""
    names = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            msg = f"a placeholder is a bare name in braces, not {{{name}}}"
            raise ValueError(msg)
        names.add(name)
    return names


def _bare_words(value: object) -> object:
    """Let an author write only the words where a phrase holds no placeholder."""
    if isinstance(value, dict) and "says" in value:
        return value
    return {"says": value}


class Section(_Frozen):
    """One file: phrases that belong together, and where most of them stand."""

    kind: Kind = Kind.MESSAGE
    phrases: Annotated[
        dict[PhraseName, Annotated[Phrase, BeforeValidator(_bare_words)]], Field(min_length=1)
    ]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The phrases by key (`section.name`), ready to be spoken in each voice."""

    phrases: Mapping[str, Phrase]
    _kinds: Mapping[str, Kind]
    _spoken: Mapping[tuple[str, Voice], str]

    @classmethod
    def of(cls, sections: Mapping[str, Section]) -> Self:
        """Return the book of these sections, by name."""
        phrases = {
            f"{name}.{phrase}": words
            for name, section in sections.items()
            for phrase, words in section.phrases.items()
        }
        kinds = {key: words.kind or sections[_section(key)].kind for key, words in phrases.items()}
        spoken = {
            (key, voice): text if words.holds else text.format()
            for key, words in phrases.items()
            for voice in Voice
            for text in (words.says.speak(voice),)
        }
        return cls(phrases, kinds, spoken)

    def say(self, key: str, voice: Voice, **values: str | int) -> str:
        """Return the words of a phrase in a voice, with its placeholders filled.

        Raises UnknownPhrase for a key that no file has, and WrongPlaceholders when a value is
        missing or is one too many.
        """
        text = self._spoken.get((key, voice))
        if text is None:
            raise UnknownPhrase(key)
        holds = self.phrases[key].holds
        if not holds and not values:
            return text
        if values.keys() != set(holds):
            raise WrongPlaceholders(key)
        return text.format_map(values)

    def sentences(self) -> Iterator[Sentence]:
        """Yield all that a participant may be told, in each voice, sorted by key.

        A younger or adult voice that is not written is told what stands for `older`, so those
        words are yielded for that voice as well. What stands for adults only is told to adults.
        """
        for key in sorted(self.phrases):
            written = self.phrases[key].says.sentences()
            for voice in Voice:
                text = written.get(voice) or written.get(Voice.OLDER)
                if text:
                    yield Sentence(f"phrases/{key} ({voice})", voice, text, self._kinds[key])


def _section(key: str) -> str:
    return key.partition(".")[0]


def read_section(file: str, text: str) -> Section:
    """Return what one file of phrases holds; raises BadDefinition with the place and the cause."""
    content = read_definition(file, text)
    try:
        return Section.model_validate(content)
    except ValidationError as error:
        remedy = (
            "A phrase is its words, or `says` with words by voice and `holds` with placeholders"
        )
        raise explain(file, error, remedy) from error


def read_phrasebook(texts: Mapping[str, str]) -> Phrasebook:
    """Return the book that these files make (file name to YAML text).

    The name of a file without its ending is the section. Raises BadDefinition for a broken file.
    """
    return Phrasebook.of(
        {file.removesuffix(".yaml"): read_section(file, text) for file, text in texts.items()}
    )


@cache
def phrasebook() -> Phrasebook:
    """Return the packaged phrasebook, read on first use; raises BadDefinition when it is broken."""
    return read_phrasebook(read_packaged("phrases"))

"""Golden conversations: what people do and what they are told, as a file that anybody can read.

A file holds who speaks (`who`), what it shows (`about`) and the steps. A step says what somebody
does, and under `then` what we say or change because of it. `pytest --update-golden` writes what
stands under `then` anew; the difference is read before it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from surveys.people import AgeBand, Role

FOLDER = Path(__file__).parent.parent / "transcripts"
BETWEEN_BUTTONS = " | "


class Does(StrEnum):
    """What somebody may do, in the words of a transcript."""

    OPEN = "they open"
    OPEN_ON_TELEGRAM = "on Telegram they open"
    OTHER_OPENS = "somebody else opens"
    TYPE = "they type"
    TAP = "they tap"
    TAP_TWICE = "they tap twice"
    TAP_OLD = "they tap an old button"
    EDIT = "they change their words to"
    SEND = "they send"
    WAIT = "time passes"
    CLOSE = "staff close"


NOT_IN_A_BROWSER = frozenset({Does.OPEN_ON_TELEGRAM, Does.EDIT, Does.SEND})
THEIR_INVITATION = "their invitation"
THE_EPISODE = "the support episode"


class How(StrEnum):
    """What we did, in the words of a transcript."""

    SAY = "we say"
    CHANGE = "we change it to"
    BUTTONS = "we change the buttons under"


@dataclass(frozen=True)
class Happening:
    """A message as it stands after it was said or changed.

    Where only its buttons changed, `text` is its first line.
    """

    how: How
    text: str
    buttons: tuple[tuple[str, ...], ...] = ()
    picture: bool = False


@dataclass(frozen=True)
class Step:
    """Something that somebody does, and what we do because of it."""

    does: Does
    what: str
    then: tuple[Happening, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """One golden conversation."""

    name: str
    about: str
    role: Role
    band: AgeBand
    steps: tuple[Step, ...]

    def with_happenings(self, happenings: Sequence[Sequence[Happening]]) -> Transcript:
        """Return it with what happened in place of what stood under `then`."""
        both = zip(self.steps, happenings, strict=True)
        return replace(self, steps=tuple(replace(step, then=tuple(seen)) for step, seen in both))


def names() -> list[str]:
    """Return the names of all golden conversations."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str) -> Transcript:
    """Read one golden conversation."""
    read = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    role, _, band = read["who"].partition(" ")
    return Transcript(
        name=name,
        about=read["about"].strip(),
        role=Role(role),
        band=AgeBand(band or "adult"),
        steps=tuple(_read_step(step) for step in read["steps"]),
    )


def save(transcript: Transcript) -> None:
    """Write one golden conversation into its file."""
    path = FOLDER / f"{transcript.name}.yaml"
    path.write_text(write(transcript), encoding="utf-8")


def write(transcript: Transcript) -> str:
    """Return the text of the file of one golden conversation."""
    band = "" if transcript.band is AgeBand.ADULT else f" {transcript.band.value}"
    body = {
        "about": transcript.about,
        "who": f"{transcript.role.value}{band}",
        "steps": [_write_step(step) for step in transcript.steps],
    }
    text: str = yaml.dump(
        body, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, indent=2
    )
    return text


def read_time(text: str) -> timedelta:
    """Return how long `42 days`, `1 hour` or `90 seconds` are."""
    number, _, unit = text.partition(" ")
    return timedelta(**{f"{unit.removesuffix('s')}s": int(number)})


def _read_step(step: dict[str, Any]) -> Step:
    (does, what), *_ = ((key, value) for key, value in step.items() if key != "then")
    return Step(
        Does(does), str(what), tuple(_read_happening(each) for each in step.get("then", ()))
    )


def _read_happening(each: dict[str, Any]) -> Happening:
    how = next(how for how in How if how.value in each)
    rows = tuple(tuple(row.split(BETWEEN_BUTTONS)) for row in each.get("buttons", ()))
    return Happening(how, each[how.value], rows, each.get("picture", False))


def _write_step(step: Step) -> dict[str, Any]:
    written: dict[str, Any] = {step.does.value: step.what}
    if step.then:
        written["then"] = [_write_happening(each) for each in step.then]
    return written


def _write_happening(each: Happening) -> dict[str, Any]:
    written: dict[str, Any] = {each.how.value: each.text}
    if each.buttons:
        written["buttons"] = [BETWEEN_BUTTONS.join(row) for row in each.buttons]
    if each.picture:
        written["picture"] = True
    return written


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they read."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's signature
        """Indent lists as well."""
        super().increase_indent(flow, indentless=False)


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)

"""Opens the files with which a service changes rhythms, hours and school terms, and checks them.

It must not decide when anybody is asked: it hands what was read to `schedule`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from followups import hours as hours_data
from followups import rhythm_data
from followups import terms as terms_data
from followups.hours import Hours
from followups.rhythm_data import Rhythms
from followups.schedule import LocalRhythm
from followups.terms import Terms
from surveys.catalogue import load_catalogue
from surveys.definition_text import read_definition
from surveys.errors import BadDefinition, UnknownInstrument
from surveys.people import Role
from usecases.inviting import INTERVENTIONS

_MOST_BYTES: Final = 1_000_000
"""A file that is longer is some other file."""

_MARKS: Final = {"rhythms": "interventions", "hours": "asking", "terms": "councils"}
"""What a file of each kind has at its top, and no other kind has."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a good file holds, in a sentence; `terms` where it holds school terms."""

    kind: str
    summary: str
    terms: Terms | None = None


def make_local_rhythm(
    zone: ZoneInfo,
    rhythms: Path | None = None,
    hours: Path | None = None,
    terms: Path | None = None,
) -> LocalRhythm:
    """Return the rhythm of a zone, with a service's own files where it has some.

    Raises BadDefinition for a file that is not there, cannot be read or is wrong.
    """
    return LocalRhythm(
        zone,
        rhythm_data.packaged_rhythms() if rhythms is None else load_rhythms(rhythms),
        hours_data.packaged_hours() if hours is None else load_hours(hours),
        terms_data.packaged_terms() if terms is None else load_terms(terms),
    )


def load_rhythms(path: Path) -> Rhythms:
    """Return the rhythms in a file, all of whose names exist. Raises BadDefinition."""
    return _read_rhythms(path, _read(path))


def load_hours(path: Path) -> Hours:
    """Return the hours in a file. Raises BadDefinition."""
    return hours_data.read_hours(str(path), _read(path))


def load_terms(path: Path) -> Terms:
    """Return the school terms in a file. Raises BadDefinition."""
    return terms_data.read_terms(str(path), _read(path))


def check_file(path: Path) -> Checked:
    """Tell what a file of any of the three kinds holds. Raises BadDefinition for a wrong one."""
    text = _read(path)
    kind = _kind_of(path, text)
    if kind == "rhythms":
        rhythms = _read_rhythms(path, text)
        kinds = len(rhythms.interventions)
        return Checked(kind, f"{len(rhythms.rhythms)} rhythms for {kinds} kinds of support")
    if kind == "hours":
        hours = hours_data.read_hours(str(path), text)
        parts = len(hours.suits)
        return Checked(kind, f"hours for {len(hours.asking)} ages, {parts} parts of the week")
    terms = terms_data.read_terms(str(path), text)
    told = [
        f"{name} until {each.known_until}" if each.known_until else f"{name} not known"
        for name, each in terms.councils.items()
    ]
    return Checked(kind, f"school terms of {', '.join(told) or 'no council'}", terms)


def _read(path: Path) -> str:
    """Return the text of a file, whatever stands in the way told in one sentence."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise BadDefinition(
                str(path), "the file", "it is too long", "Check that it is the right one"
            )
        return content.decode("utf-8")
    except OSError as error:
        cause = f"it cannot be read ({error.strerror or type(error).__name__})"
        remedy = "Check the path, and that the program may read it"
        raise BadDefinition(str(path), "the file", cause, remedy) from error
    except UnicodeDecodeError as error:
        remedy = "Save it as UTF-8 text"
        raise BadDefinition(str(path), "the file", "it is not text in UTF-8", remedy) from error


def _kind_of(path: Path, text: str) -> str:
    content = read_definition(str(path), text)
    there = content.keys() if isinstance(content, dict) else ()
    for kind, mark in _MARKS.items():
        if mark in there:
            return kind
    cause = f"it has none of {', '.join(f'`{mark}`' for mark in _MARKS.values())} at its top"
    remedy = "Begin with a copy of followups/rhythms.yaml, hours.yaml or terms.yaml"
    raise BadDefinition(str(path), "the file", cause, remedy)


def _read_rhythms(path: Path, text: str) -> Rhythms:
    rhythms = rhythm_data.read_rhythms(str(path), text)
    rhythm_data.check_names(str(path), rhythms, INTERVENTIONS)
    _check_instruments(str(path), rhythms)
    return rhythms


def _check_instruments(file: str, rhythms: Rhythms) -> None:
    """Refuse an instrument that nobody can be asked, or that speaks to somebody else."""
    catalogue = load_catalogue()
    for name, role in sorted(rhythms.instruments()):
        where = f"rhythms -> asks -> {role.value} -> {name}"
        try:
            instrument = catalogue.latest(name)
        except UnknownInstrument as error:
            known = sorted({ref.id for ref in catalogue.published})
            cause, remedy = "there is no such instrument", f"Use one of {', '.join(known)}"
            raise BadDefinition(file, where, cause, remedy) from error
        if (instrument.role is Role.YOUNG_PERSON) is not (role is Role.YOUNG_PERSON):
            cause = f"it speaks to a {instrument.role.value}, not to a {role.value}"
            raise BadDefinition(file, where, cause, "Use one that is written for them")

"""Which instruments there are and which version is in force; it opens only its own packaged files.

A published version never changes: its digest stands in published.yaml, and a file whose content no
longer fits is refused at load. How to publish: docs/instruments.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Self

from pydantic import StringConstraints, TypeAdapter, ValidationError

from surveys.definition_text import read_definition
from surveys.definitions import read_instrument, read_stored
from surveys.errors import BadDefinition, UnknownInstrument
from surveys.instrument import Instrument, InstrumentRef

LOCK = "published.yaml"

_Locks = TypeAdapter(
    dict[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,23}\.v[1-9][0-9]{0,3}$")],
        Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")],
    ]
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All versions that can be resolved, which of them are offered, and which are published.

    `offered` are the versions on disk; `known` adds those that only a database still keeps, so
    that a run that began with them can go on.
    """

    offered: tuple[Instrument, ...]
    known: Mapping[InstrumentRef, Instrument]
    published: frozenset[InstrumentRef]

    @classmethod
    def from_instruments(cls, instruments: Iterable[Instrument]) -> Self:
        """Return a catalogue of these, all taken as published.

        Raises BadDefinition when two have the same id and version.
        """
        offered = tuple(sorted(instruments, key=lambda each: (each.id, each.version)))
        known: dict[InstrumentRef, Instrument] = {}
        seen: set[str] = set()
        for each in offered:
            if _name(each) in seen:
                cause = f"version {each.version} is there twice"
                remedy = "Give one of them the next free version"
                raise BadDefinition(_name(each), "version", cause, remedy)
            seen.add(_name(each))
            known[each.ref] = each
        return cls(offered, known, frozenset(known))

    def with_stored(self, definitions: Iterable[str]) -> Self:
        """Return a catalogue that also resolves these stored versions (the JSON of each).

        They are never offered to anybody new. Raises BadDefinition when one cannot be read.
        """
        stored = {each.ref: each for each in map(read_stored, definitions)}
        return replace(self, known={**stored, **self.known})

    def get(self, ref: InstrumentRef) -> Instrument:
        """Return exactly this version with exactly this content; raises UnknownInstrument."""
        found = self.known.get(ref)
        if found is None:
            msg = f"{ref.id} version {ref.version} with digest {ref.digest[:12]}"
            raise UnknownInstrument(msg)
        return found

    def latest(self, instrument_id: str, *, allow_drafts: bool = False) -> Instrument:
        """Return the highest published version, the one that a new run begins with.

        With `allow_drafts` a version that is not published yet counts too (for trying one out).
        Raises UnknownInstrument when there is none.
        """
        found = [
            each
            for each in self.offered
            if each.id == instrument_id and (allow_drafts or each.ref in self.published)
        ]
        if not found:
            msg = f"{instrument_id}: no published version"
            raise UnknownInstrument(msg)
        return max(found, key=lambda each: each.version)

    def all(self) -> tuple[Instrument, ...]:
        """Return every version on disk, drafts too, sorted by id and version."""
        return self.offered

    def lock_text(self) -> str:
        """Return the lines of published.yaml that would publish every version on disk."""
        return "".join(f"{_name(each)}: {each.digest}\n" for each in self.offered)


def load_catalogue(folder: Traversable | None = None) -> Catalogue:
    """Read every instrument file and the lock in a folder; by default those of this package.

    Raises BadDefinition for a broken or misnamed file, for a published version whose content has
    changed, and for a published version whose file is gone.
    """
    home = folder if folder is not None else files("surveys").joinpath("instruments")
    texts = _read_texts(home)
    lock = _read_lock(texts.pop(LOCK, None))
    catalogue = Catalogue.from_instruments(
        read_instrument(file, text) for file, text in texts.items()
    )
    for name, digest in lock.items():
        _check_lock(name, digest, catalogue)
    published = frozenset(each.ref for each in catalogue.offered if _name(each) in lock)
    return replace(catalogue, published=published)


def _name(instrument: Instrument) -> str:
    return f"{instrument.id}.v{instrument.version}"


def _read_texts(folder: Traversable) -> dict[str, str]:
    """Return the YAML files of a folder by name, in order; other files are none of ours."""
    texts = {}
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith((".yaml", ".yml")):
            try:
                texts[entry.name] = entry.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                cause = f"byte {error.start + 1} is not UTF-8"
                remedy = "Save the file as UTF-8"
                raise BadDefinition(entry.name, "the file", cause, remedy) from error
    return texts


def _read_lock(text: str | None) -> dict[str, str]:
    """Return digest by `id.vN`; without a file, or with an empty one, nothing is published."""
    content = read_definition(LOCK, text) if text is not None else None
    try:
        return _Locks.validate_python(content if content is not None else {})
    except ValidationError as error:
        where = str(next(iter(error.errors()[0]["loc"]), "the file"))
        cause = "it is not a line such as `star.v1: <64 hexadecimal digits>`"
        remedy = "Copy the line from what Catalogue.lock_text() gives"
        raise BadDefinition(LOCK, where, cause, remedy) from error


def _check_lock(name: str, digest: str, catalogue: Catalogue) -> None:
    standing = next((each for each in catalogue.offered if _name(each) == name), None)
    if standing is None:
        cause = f"{name} is published, but {name}.yaml is not there"
        remedy = "Put the file back; take the line out only when nobody is asked it any more"
        raise BadDefinition(LOCK, name, cause, remedy)
    if standing.digest != digest:
        cause = "its content has changed since it was published"
        remedy = f"Make a new version: copy it to {standing.id}.v{standing.version + 1}.yaml"
        remedy += " and put this file back as it was"
        raise BadDefinition(name, "the whole instrument", cause, remedy)

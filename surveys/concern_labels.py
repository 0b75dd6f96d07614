"""Reads labelled texts, ours and other people's, for measuring the rules; it grades none.

A file is CSV with the columns `text` and `level` (and perhaps `category`), or YAML: a list of rows
with those fields, or of groups with `level`, `category` and `texts`, one text a line.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final, cast

import yaml

from surveys.concern_kinds import ConcernLevel
from surveys.errors import SurveyFault

PACKAGE: Final = "surveys"
TEXTS: Final = "concern_texts"
HIDDEN: Final = re.compile(r"\\u([0-9a-f]{4})")
DELIMITERS: Final = ",;\t"
UNNAMED: Final = "not given"
# The names under which a field may stand in other people's files.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "texts", "message", "sentence"),
    "level": ("level", "label", "grade", "expected", "severity"),
    "category": ("category", "categories", "subject"),
}
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LabelledTextError(SurveyFault):
    """A file of labelled texts that cannot be used: which file, which line and why; no text."""


class Batch(StrEnum):
    """When texts were written, and so which of them the rules were made without.

    `first` before the rules, a third held out; `further` while they were made, all learnt from;
    `blind` measured first, then one half learnt from; `fresh` never learnt from.
    """

    FIRST = "first"
    FURTHER = "further"
    BLIND = "blind"
    FRESH = "fresh"

    @classmethod
    def of_file(cls, name: str) -> Batch:
        """Return the batch of a file by how its name starts; first where it does not say."""
        return next((batch for batch in cls if name.startswith(batch.value)), cls.FIRST)


# One in so many texts of a batch is held out, chosen by the hash of the text.
HELD_OUT_OF: Final[Mapping[Batch, int]] = {Batch.FIRST: 3, Batch.BLIND: 2, Batch.FRESH: 1}


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One text, how urgent people say it is and what it is about."""

    text: str
    level: ConcernLevel
    category: str
    batch: Batch = Batch.FRESH

    @property
    def held_out(self) -> bool:
        """Whether the rules and points were made without this text."""
        share = HELD_OUT_OF.get(self.batch)
        digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        return share is not None and int(digest, 16) % share == 0


def load_labelled_texts() -> tuple[LabelledText, ...]:
    """Return our own labelled texts. LabelledTextError if they are broken or not installed."""
    folder = files(PACKAGE) / TEXTS
    if not folder.is_dir():
        message = f"{TEXTS}: our labelled texts are not installed here; name a file instead"
        raise LabelledTextError(message)
    return tuple(
        row
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
        for row in read_labelled_texts(entry.name, entry.read_bytes(), Batch.of_file(entry.name))
    )


def read_labelled_texts(
    name: str, content: bytes, batch: Batch = Batch.FRESH
) -> tuple[LabelledText, ...]:
    """Return the texts of one file: CSV if `name` ends in csv or tsv, otherwise YAML.

    LabelledTextError if the file or one of its rows is broken.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name}: not in UTF-8"
        raise LabelledTextError(message) from error
    read = _read_csv if name.lower().endswith((".csv", ".tsv")) else _read_yaml
    rows = tuple(
        row
        for line, fields in read(name, text)
        for row in _read_fields(f"{name}: line {line}", fields, batch)
    )
    if not rows:
        message = f"{name}: no texts"
        raise LabelledTextError(message)
    return rows


def _read_csv(name: str, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    heading = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        # A text that holds the delimiter and is not quoted would be cut: refused, never guessed.
        for fields in rows:
            if None in fields:
                message = f"{name}: line {rows.line_num} has more fields than the first line"
                raise LabelledTextError(message)
            if any(fields.values()):
                yield rows.line_num, cast("Mapping[str, object]", fields)
    except csv.Error as error:
        message = f"{name}: line {rows.line_num} is not valid CSV: {error}"
        raise LabelledTextError(message) from error


def _read_yaml(name: str, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        tree = yaml.compose(text, Loader)
        rows = yaml.load(text, Loader)  # noqa: S506 - both loaders named above are safe ones
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = f"{name}: not valid YAML"
        raise LabelledTextError(message) from error
    if not isinstance(rows, list) or not isinstance(tree, yaml.SequenceNode):
        message = f"{name}: not a list of rows or groups"
        raise LabelledTextError(message)
    for node, fields in zip(tree.value, rows, strict=True):
        line = node.start_mark.line + 1
        if not isinstance(fields, dict):
            message = f"{name}: line {line}: not a row with fields"
            raise LabelledTextError(message)
        yield line, cast("Mapping[str, object]", fields)


def _read_fields(place: str, fields: Mapping[str, object], batch: Batch) -> Iterator[LabelledText]:
    """Yield the texts of one row or group; `texts` holds one a line, `text` is one text."""
    named = {str(key).strip().lower(): value for key, value in fields.items()}
    found = {
        field: next((named[name] for name in names if named.get(name) is not None), None)
        for field, names in NAMES.items()
    }
    missing = [field for field in ("text", "level") if found[field] is None]
    if missing:
        message = f"{place}: no {' and no '.join(missing)}"
        raise LabelledTextError(message)
    try:
        level = ConcernLevel(str(found["level"]).strip().lower())
    except ValueError as error:
        message = f"{place}: the level is not none, concern or crisis"
        raise LabelledTextError(message) from error
    category = str(found["category"] or UNNAMED).strip()
    whole = str(found["text"])
    lines = whole.splitlines() if "texts" in named else [whole]
    for line in filter(None, map(str.strip, lines)):
        plain = HIDDEN.sub(lambda hidden: chr(int(hidden[1], 16)), line)
        yield LabelledText(plain, level, category, batch)

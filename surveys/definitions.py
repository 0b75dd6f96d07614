"""Turns the text of an instrument file into an Instrument, or says what is wrong with it.

It must not open files and must not know which version is in force: that is the catalogue.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from surveys.definition_text import read_definition
from surveys.errors import BadDefinition
from surveys.instrument import Choice, Instrument, Item, Rule, Wording

STORED = "a stored instrument"
"""What stands for the file name in errors about text from a database."""

CORRECT_IT = "Correct this place"
"""The remedy where a cause says by itself what to do."""

_FILE_NAME = re.compile(r"([a-z][a-z0-9-]{0,23})\.v([1-9][0-9]{0,3})\.yaml")


def read_instrument(file: str, text: str) -> Instrument:
    """Return the instrument version that this YAML text defines.

    `file` must be named `id.vN.yaml` like the id and version inside. Raises BadDefinition for the
    first fault; the other faults follow as its notes, so that an author can mend all at once.
    """
    named = _FILE_NAME.fullmatch(file)
    if named is None:
        remedy = "Name it like star.v2.yaml: the id, .v, the version, .yaml"
        raise BadDefinition(file, "the file name", "it does not tell id and version", remedy)
    content = read_definition(file, text)
    if not isinstance(content, dict):
        cause = "it does not hold keys and values such as `id: star`"
        raise BadDefinition(file, "the file", cause, "Begin with id, version, role and voices")
    instrument = _build(file, text, content)
    if (instrument.id, str(instrument.version)) != named.groups():
        cause = f"the file says {instrument.id} version {instrument.version}"
        remedy = "Give the file and its content the same id and version"
        raise BadDefinition(file, "the file name", cause, remedy)
    return instrument


def read_stored(text: str) -> Instrument:
    """Return an instrument from the JSON in which a database keeps it; raises BadDefinition."""
    try:
        return Instrument.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = _name_place(first["loc"], {})
        remedy = "Keep a reader for versions that people still answer or have answered"
        cause = f"it can no longer be read ({first['msg']})"
        raise BadDefinition(STORED, where, cause, remedy) from error


def _build(file: str, text: str, content: dict[str, Any]) -> Instrument:
    try:
        return Instrument.model_validate(content)
    except ValidationError as error:
        # A misspelt key is also a missing one: the misspelling tells the author more.
        found = sorted(error.errors(include_url=False), key=lambda each: not _is_misspelling(each))
        faults = [_explain_fault(file, text, content, each) for each in found]
        for other in faults[1:]:
            faults[0].add_note(str(other))
        raise faults[0] from error


# --- one fault in plain words ---------------------------------------------------------------------


def _is_misspelling(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden"


def _explain_fault(
    file: str, text: str, content: Mapping[str, Any], error: ErrorDetails
) -> BadDefinition:
    path = error["loc"]
    if error["type"] == "value_error":
        item, cause, remedy = _take_apart(str(error["ctx"]["error"]))
        path = path or _path_of(item, content)
    else:
        cause, remedy = _put_plainly(error)
    where = f"{_name_place(path, content)} (line {_find_line(text, path)})"
    return BadDefinition(file, where, cause, remedy)


def _take_apart(message: str) -> tuple[str, str, str]:
    """Return item, cause and remedy of what our own models say: `item x: the cause; the remedy`."""
    item, found, said = message.partition(": ")
    if not found or not item.startswith("item "):
        item, said = "", message
    cause, _, remedy = said.partition("; ")
    return item.removeprefix("item "), cause, remedy[:1].upper() + remedy[1:] or CORRECT_IT


def _path_of(item_id: str, content: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Return the path of the last item of this id: the later of two is the one to change."""
    ids = [_own_id(content, index) for index in range(len(content.get("items", ())))]
    return ("items", len(ids) - 1 - ids[::-1].index(item_id)) if item_id in ids else ()


def _put_plainly(error: ErrorDetails) -> tuple[str, str]:
    """Return cause and remedy for what pydantic refused, without its own vocabulary."""
    key = str(error["loc"][-1])
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"{key!r} is missing", f"Add a line that begins with {key}:"
        case "extra_forbidden":
            return f"the key {key!r} means nothing here", _suggest_key(key)
        case "string_type":
            cause = f"{key!r} needs words, but YAML reads {error['input']!r}"
            return cause, "Put the words in quotes; yes, no, on, off and numbers need them"
        case "enum":
            return f"{error['input']!r} is not known here", f"Write {context['expected']}"
        case "string_pattern_mismatch":
            cause = f"{error['input']!r} is not a name that we can store"
            return cause, "Use at most 24 small letters, digits and hyphens, a letter first"
        case "string_too_long":
            return f"{key!r} is too long", f"Use at most {context['max_length']} characters"
        case "string_too_short" | "too_short":
            return f"{key!r} is empty", "Write at least one, or take the key out"
        case "too_long":
            return f"{key!r} holds too many", f"Use at most {context['max_length']}"
        case "tuple_type":
            return f"{key!r} needs a list", "Write each on a line of its own, after a hyphen"
        case _:
            return f"{key!r} does not fit: {error['msg']}", "Write it like the same key elsewhere"


def _suggest_key(key: str) -> str:
    models: tuple[type[BaseModel], ...] = (Instrument, Item, Choice, Rule, Wording)
    known = sorted({name for model in models for name in model.model_fields})
    near = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {near[0]!r}? Otherwise take it out" if near else "Take it out"


# --- where it is ----------------------------------------------------------------------------------


def _name_place(path: tuple[int | str, ...], content: Mapping[str, Any]) -> str:
    """Return where a fault is, as an author would say it: `item home, choice 2, label`."""
    if not path:
        return "the whole instrument"
    parts: list[str] = []
    steps = iter(enumerate(path))
    for at, step in steps:
        below = path[at + 1] if at + 1 < len(path) else None
        if step in {"items", "choices"} and isinstance(below, int):
            next(steps)
            own_id = _own_id(content, below) if step == "items" else None
            parts.append(f"{str(step)[:-1]} {own_id or below + 1}")
        else:
            parts.append(str(step) if isinstance(step, str) else str(step + 1))
    return ", ".join(parts)


def _own_id(content: Mapping[str, Any], index: int) -> str | None:
    items = content.get("items")
    item = items[index] if isinstance(items, list) else None
    return str(item["id"]) if isinstance(item, dict) and "id" in item else None


def _find_line(text: str, path: tuple[int | str, ...]) -> int:
    """Return the line, from 1, of what `path` leads to, or of the nearest thing around it."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for part in path:
        found = _step_into(node, part)
        if found is None:
            break
        line, node = found
    return line


def _step_into(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child.start_mark.line + 1, child
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    return None

"""Reads the YAML of a definition file strictly, and says what is wrong and how to mend it.

It must not know what is defined: it returns plain values, or raises BadDefinition.
"""

from __future__ import annotations

from collections.abc import Hashable
from importlib.resources import files

import yaml
from pydantic import ValidationError

from surveys.errors import BadDefinition

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML that was built without libyaml: slower, the same result
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]  # same interface


class _Strict(_SafeLoader):
    """Refuses a key that is written twice and a key that YAML does not read as text."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's signature
    ) -> dict[Hashable, object]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                problem = f"YAML reads the key {key_node.value!r} as something else than text"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if key in seen:
                problem = f"the key {key!r} is written twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_definition(file: str, text: str) -> object:
    """Return the plain values of one YAML document; raises BadDefinition naming file and line."""
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}" if mark else "the file"
        cause = error.problem or "it is not YAML"
        remedy = "Write each key once, indent with spaces, put quotes round text with : or #"
        raise BadDefinition(file, where, cause, remedy) from error
    except yaml.YAMLError as error:
        remedy = "Write it as UTF-8 text without control characters"
        raise BadDefinition(file, "the file", "it is not YAML", remedy) from error


def read_packaged(folder: str) -> dict[str, str]:
    """Return the texts of the YAML files in a folder of this package, by file name, in order."""
    found = files("surveys").joinpath(folder).iterdir()
    named = {entry.name: entry for entry in found if entry.name.endswith(".yaml")}
    return {name: named[name].read_text(encoding="utf-8") for name in sorted(named)}


def explain(file: str, error: ValidationError, remedy: str) -> BadDefinition:
    """Return the fault for what a model refused: the first place and cause, with this remedy."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = " -> ".join(str(part) for part in first["loc"] if part != "[key]") or "the file"
    return BadDefinition(file, where, first["msg"].removeprefix("Value error, "), remedy)

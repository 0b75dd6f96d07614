"""How long each class of what we keep stays: read from the packaged file, or the service's own.

It deletes nothing and reads no clock.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from usecases.refusal import Refusal

RECORDS: Final = "records"
CLASSES: Final = (
    RECORDS,
    "strangers",
    "stray-words",
    "invitations",
    "notices",
    "glimpses",
    "handled-concerns",
    "figures",
    "audit",
    "erasures",
)
"""Every class there is: a file that leaves one out is refused, as nobody could say what holds."""

_FOR_EVER: Final = frozenset({"figures", "audit", "erasures"})
_LONGEST: Final = 365 * 100


class RetentionRefused(Refusal):
    """The service's own file cannot be used: the message says where and what to write."""


class RetentionClass(BaseModel):
    """What it is, how many days it stays and since when, and where that comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: Annotated[str, Field(min_length=3)]
    days: Annotated[int, Field(ge=1, le=_LONGEST)] | None
    since: Annotated[str, Field(min_length=3)]
    source: Annotated[str, Field(min_length=3)]

    @property
    def kept_for(self) -> timedelta | None:
        """How long; None for as long as the service stands."""
        return None if self.days is None else timedelta(days=self.days)


class RetentionRules(BaseModel):
    """Every class by its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    classes: dict[str, RetentionClass]

    @model_validator(mode="after")
    def _has_every_class(self) -> RetentionRules:
        odd = set(self.classes) ^ set(CLASSES)
        if odd:
            msg = f"every class stands there once, and no other: {', '.join(sorted(odd))}"
            raise ValueError(msg)
        if any(self.classes[name].days is not None for name in _FOR_EVER):
            msg = f"{', '.join(sorted(_FOR_EVER))} are never deleted by age: write days: null"
            raise ValueError(msg)
        return self


@cache
def packaged_rules() -> RetentionRules:
    """Return the packaged rules."""
    text = files("usecases").joinpath("retention.yaml").read_text(encoding="utf-8")
    return _read(text, "usecases/retention.yaml")


def read_rules(path: Path | None) -> RetentionRules:
    """Return the rules of a file, or the packaged ones. Raises RetentionRefused."""
    if path is None:
        return packaged_rules()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        msg = f"{path} cannot be read: make it a readable file, or unset STARLING_RETENTION_FILE."
        raise RetentionRefused(msg) from None
    return _read(text, str(path))


def _read(text: str, where: str) -> RetentionRules:
    try:
        return RetentionRules.model_validate(yaml.safe_load(text))
    except yaml.YAMLError:
        msg = f"{where} is not YAML. Begin with a copy of usecases/retention.yaml."
        raise RetentionRefused(msg) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(each) for each in first["loc"]) or "classes"
        msg = f"{where}: {place}: {first['msg']}. Begin with a copy of usecases/retention.yaml."
        raise RetentionRefused(msg) from None

"""Lists the disclosure policies as data that somebody can sign off; it applies none of them.

Others than the two listed here are written as YAML and must be at least as strict as `LEAST`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

import yaml

from outcomes.errors import PolicyRefusedError


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """Which counts are withheld and how the others are rounded.

    Counts below `threshold` become `c` (zero too, if `zero_is_withheld`), others go to the nearest
    multiple of `base` (1 means exact). A sensitive measure withholds "none" and "all" of fewer than
    `class_size` people. A percentage or mean needs a published count of `least_for_statistics`, an
    interval for a mean one of `least_for_spread`. The audit asks that each protected count can lie
    anywhere in a range at least `width` wide: with 4 there are five possible counts, as many as
    `c` itself stands for. For a council, of which the audit assumes more than it really knows (the
    answers of all its own children), the range is at least `insider_width` wide. A number of people
    at one step of a scale keeps a range at least `answer_width` wide: with 1 it is never certain.
    """

    name: str
    plain_words: str
    threshold: int
    zero_is_withheld: bool
    base: int
    width: int
    insider_width: int
    class_size: int
    least_for_statistics: int
    least_for_spread: int
    answer_width: int = 1


NHS5 = DisclosurePolicy(
    name="nhs5",
    plain_words=(
        "Counts from 0 to 4 are withheld and shown as c. Other counts are rounded to the nearest "
        "5. Percentages, means and intervals are worked out from the rounded counts."
    ),
    threshold=5,
    zero_is_withheld=True,
    base=5,
    width=4,
    insider_width=3,
    class_size=20,
    least_for_statistics=10,
    least_for_spread=30,
)
DFE_C = DisclosurePolicy(
    name="dfe_c",
    plain_words=(
        "Counts from 1 to 5 are withheld and shown as c, and so is whatever would give them away. "
        "Other counts are exact. A zero can be withheld too, so c never means at least one."
    ),
    threshold=6,
    zero_is_withheld=False,
    base=1,
    width=4,
    insider_width=3,
    class_size=20,
    least_for_statistics=10,
    least_for_spread=30,
)
POLICIES = {each.name: each for each in (NHS5, DFE_C)}
"""The policies that need no configuration."""

LEAST: Mapping[str, int] = {
    "threshold": 5,
    "base": 1,
    "width": 4,
    "insider_width": 3,
    "class_size": 20,
    "least_for_statistics": 10,
    "least_for_spread": 30,
    "answer_width": 1,
}
"""What no policy may fall short of (disclosure.md, sections 5.5 and 6)."""

LEAST_THRESHOLD_IF_EXACT = 6
_MOST = 1000
_NAME = re.compile(r"[a-z][a-z0-9_-]{1,39}", re.ASCII)


def read_policy(text: str) -> DisclosurePolicy:
    """Read one policy from YAML: a mapping with every field of `DisclosurePolicy` by its name.

    `answer_width` may be left out. Raises `PolicyRefusedError` with the field and the remedy for
    whatever is not known, missing, of the wrong kind or weaker than `LEAST`.
    """
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        message = "the disclosure policy is not YAML; write one `field: value` a line"
        raise PolicyRefusedError(message) from error
    if not isinstance(read, dict):
        _refuse("it", "must be a mapping; write one `field: value` a line")
    known = {each.name: str(each.type) for each in fields(DisclosurePolicy)}
    for name in read:
        if name not in known:
            _refuse(repr(str(name)[:40]), f"is no field; the fields are {', '.join(known)}")
    values = {"answer_width": 1, **read}
    for name, kind in known.items():
        if name not in values:
            _refuse(name, "is missing; every protection must be said")
        if type(values[name]).__name__ != kind:
            _refuse(name, f"must be {_KINDS[kind]}")
    policy = DisclosurePolicy(**values)
    check_policy(policy)
    return policy


def policy_named(name: str) -> DisclosurePolicy:
    """Give the built-in policy of this name. Raises `PolicyRefusedError` when there is none."""
    if name not in POLICIES:
        message = f"there is no disclosure policy {name[:40]!r}; there are {', '.join(POLICIES)}"
        raise PolicyRefusedError(message)
    return POLICIES[name]


def check_policy(policy: DisclosurePolicy) -> None:
    """Refuse a policy that protects less than any policy must, or that only bears a known name.

    Raises `PolicyRefusedError`.
    """
    if _NAME.fullmatch(policy.name) is None:
        _refuse("name", "must be 2 to 40 small letters, digits, - or _, beginning with a letter")
    if policy != POLICIES.get(policy.name, policy):
        _refuse("name", f"must not be {policy.name}: that name stands for other rules")
    if not policy.plain_words.strip():
        _refuse("plain_words", "must say in plain English what is withheld and how is rounded")
    for name, least in LEAST.items():
        value = getattr(policy, name)
        if not least <= value <= _MOST:
            _refuse(name, f"must be from {least} to {_MOST}")
    if policy.base == 1 and policy.threshold < LEAST_THRESHOLD_IF_EXACT:
        _refuse("threshold", f"must be {LEAST_THRESHOLD_IF_EXACT} or more where counts are exact")
    if policy.base > 2 * policy.threshold:
        _refuse("base", "must not be more than twice the threshold: shown counts would become 0")
    if policy.insider_width > policy.width:
        _refuse("insider_width", "must not be more than width")


_KINDS = {"str": "text in quotes", "int": "a whole number", "bool": "true or false"}


def _refuse(field: str, problem: str) -> None:
    message = f"the disclosure policy cannot be used: {field} {problem}"
    raise PolicyRefusedError(message)

"""A policy is data that somebody signs off, and never protects less than it must."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import yaml

from outcomes.errors import PolicyRefusedError
from outcomes.protection.gate import protect, rules_of
from outcomes.protection.policy import DFE_C, NHS5, check_policy, policy_named, read_policy
from tests.outcomes.protection.small import DERBY, NO, ROUNDED, YES, said_yes_or_no

OURS = {**asdict(NHS5), "name": "county-2027", "threshold": 8, "width": 7}


def written(**changes: object) -> str:
    """The policy of our own as YAML, with some fields changed."""
    return yaml.safe_dump({**OURS, **changes})


def test_both_shipped_policies_pass_the_check_they_are_held_to() -> None:
    for policy in (NHS5, DFE_C):
        check_policy(policy)
        assert policy == policy_named(policy.name)


def test_a_policy_of_ones_own_is_read() -> None:
    policy = read_policy(written())
    assert (8, 7, 5) == (policy.threshold, policy.width, policy.base)


def test_the_example_in_the_documentation_is_a_policy() -> None:
    text = (Path(__file__).parents[3] / "docs" / "releases.md").read_text("utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    assert read_policy(example).name == "county-2027"


def test_what_the_audit_asks_for_comes_from_the_policy_alone() -> None:
    rules = rules_of(DFE_C)
    assert (6, 1, True, 4, 3, 20, 1) == (
        rules.threshold,
        rules.base,
        rules.zero_is_shown,
        rules.width,
        rules.insider_width,
        rules.class_size,
        rules.answer_width,
    )
    assert rules_of(NHS5).zero_is_shown is False


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"threshold": 4}, "threshold must be from 5"),
        ({"width": 3, "insider_width": 3}, "width must be from 4"),
        ({"insider_width": 2}, "insider_width must be from 3"),
        ({"insider_width": 8}, "insider_width must not be more than width"),
        ({"class_size": 19}, "class_size must be from 20"),
        ({"least_for_statistics": 9}, "least_for_statistics must be from 10"),
        ({"least_for_spread": 29}, "least_for_spread must be from 30"),
        ({"answer_width": 0}, "answer_width must be from 1"),
        ({"base": 0}, "base must be from 1"),
        ({"base": 17}, "base must not be more than twice the threshold"),
        ({"base": 1, "threshold": 5}, "threshold must be 6 or more where counts are exact"),
        ({"threshold": "8"}, "threshold must be a whole number"),
        ({"threshold": True}, "threshold must be a whole number"),
        ({"zero_is_withheld": 1}, "zero_is_withheld must be true or false"),
        ({"name": "nhs5"}, "that name stands for other rules"),
        ({"name": "../x"}, "name must be"),
        ({"plain_words": " "}, "plain_words must say"),
        ({"treshold": 9}, "'treshold' is no field"),
    ],
)
def test_a_policy_that_is_weaker_or_not_understood_is_refused(
    changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(PolicyRefusedError, match=problem):
        read_policy(written(**changes))


@pytest.mark.parametrize("missing", [each for each in OURS if each != "answer_width"])
def test_a_protection_that_is_not_said_is_refused(missing: str) -> None:
    text = yaml.safe_dump({name: value for name, value in OURS.items() if name != missing})
    with pytest.raises(PolicyRefusedError, match=f"{missing} is missing"):
        read_policy(text)


@pytest.mark.parametrize("text", ["", "- nhs5", "name: [", "nhs5"])
def test_what_is_no_policy_at_all_is_refused(text: str) -> None:
    with pytest.raises(PolicyRefusedError):
        read_policy(text)


def test_a_name_that_nobody_gave_is_refused() -> None:
    with pytest.raises(PolicyRefusedError, match="there are nhs5, dfe_c"):
        policy_named("none")


@pytest.mark.parametrize("policy", [ROUNDED, replace(NHS5, threshold=1), replace(DFE_C, width=0)])
def test_nothing_is_protected_by_a_policy_that_is_too_weak(policy: object) -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (DERBY, NO): 30})
    with pytest.raises(PolicyRefusedError):
        protect(raw, policy)  # type: ignore[arg-type]  # whatever somebody may come with

"""The bill of materials lists what the service runs on: all of it, nothing else, always alike."""

from __future__ import annotations

import importlib.util
import json
import re
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.safety.proofs import PROJECT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = PROJECT / "scripts" / "bill_of_materials.py"
    spec = importlib.util.spec_from_file_location("bill_of_materials", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def whole(script: ModuleType) -> dict[str, Any]:
    """What the tool says of everything that is installed: it takes its time."""
    found: dict[str, Any] = script.installed()
    return found


@pytest.fixture(scope="module")
def bill(script: ModuleType, whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = script.bill_of(whole)
    return found


def listed(bill: dict[str, Any]) -> dict[str, str]:
    return {canonicalize_name(each["name"]): each["version"] for each in bill["components"]}


def pinned() -> dict[str, str]:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    for line in lines:
        if line.strip() and not line.startswith("#"):
            requirement = Requirement(line)
            (version,) = requirement.specifier
            found[canonicalize_name(requirement.name)] = version.version
    return found


def test_it_lists_exactly_the_packages_that_run(script: ModuleType, bill: dict[str, Any]) -> None:
    assert listed(bill) == script.runtime_packages()
    assert {"aiogram", "sqlalchemy", "cryptography", "h11"} <= set(listed(bill))
    assert listed(bill).keys().isdisjoint({"pytest", "ruff", "mypy", "playwright", "starling"})


def test_every_version_is_the_pinned_one(bill: dict[str, Any]) -> None:
    pins = pinned()
    assert {name: pins.get(name) for name in listed(bill)} == listed(bill)


def test_it_is_the_same_each_time_and_names_no_index_and_no_folder(
    script: ModuleType, whole: dict[str, Any], bill: dict[str, Any]
) -> None:
    text = json.dumps(bill)
    turned = {
        key: list(reversed(each)) if isinstance(each, list) else each for key, each in whole.items()
    }
    assert json.dumps(script.bill_of(turned)) == text
    addresses = set(re.findall(r"(?:https?|file)://[^\"\s]+", text))
    assert {each for each in addresses if "cyclonedx.org" not in each} == set()
    assert str(PROJECT) not in text


def test_what_it_says_hangs_together(bill: dict[str, Any]) -> None:
    refs = {"starling", *(each["bom-ref"] for each in bill["components"])}
    assert {each["ref"] for each in bill["dependencies"]} == refs
    assert {ref for each in bill["dependencies"] for ref in each["dependsOn"]} <= refs
    assert sum("licenses" in each for each in bill["components"]) > len(refs) * 0.9

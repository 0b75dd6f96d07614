"""Schemathesis calls every page for programs in every way it knows, and finds no fault."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from outcomes.episode import Audience
from tests.support.house import World
from tests.web.living import Living, living
from web.api import api_router, describe_api

pytestmark = [pytest.mark.slow]

EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def web(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A web with three releases and a key for every program."""
    folder = tmp_path_factory.mktemp("living")
    for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
        shutil.copy(part, folder)
    with living(World(f"sqlite:///{folder / sqlite_template.name}")) as found:
        yield found


def described() -> Any:
    """Return the description of the pages about releases, without a web around them."""
    app = FastAPI(title="Starling", description="", version="1")
    app.include_router(api_router())
    return describe_api(app)


schema = schemathesis.openapi.from_dict(
    described(),
    config=SchemathesisConfig(
        seed=20260922,
        projects=ProjectsConfig(
            default=ProjectConfig(generation=GenerationConfig(deterministic=True))
        ),
    ),
)


def test_the_description_is_the_one_that_programs_get(web: Living) -> None:
    served = requests.get(f"{web.address}/api/v1/openapi.json", timeout=10).json()
    ours = described()
    assert {path: served["paths"][path] for path in ours["paths"]} == ours["paths"]
    assert all(
        served["components"][kind][name] == told
        for kind, named in ours["components"].items()
        for name, told in named.items()
    )


@schema.parametrize()
@EXAMPLES
def test_whatever_is_called_is_answered_as_described(case: Case[Any], web: Living) -> None:
    key = web.keys["commissioner-program:derby-city"]
    case.call_and_validate(web.address, headers={"Authorization": f"Bearer {key}"})


@schema.parametrize()
@EXAMPLES
def test_what_is_there_is_answered_as_described(case: Case[Any], web: Living) -> None:
    """As above, with releases and files that are there."""
    release = web.releases[1].id
    names = web.files[release, Audience.DERBY_CITY]
    turn = sum(map(ord, str(case.query or case.headers or "")))
    there = {"release": release, "name": sorted(names)[turn % len(names)]}
    case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
    key = web.keys["commissioner-program:derby-city"]
    answer = case.call_and_validate(web.address, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code in (200, 304, 405, 422)


@schema.parametrize()
@settings(EXAMPLES, max_examples=5)
def test_without_a_key_there_is_nothing(case: Case[Any], web: Living) -> None:
    answer = case.call(web.address, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code in (401, 405)

"""A place of its own for every test of the use cases, on each kind of database in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.callers import Place
from usecases.service import Service


@pytest.fixture
def place(database_url: str) -> Place:
    """A place on SQLite and on PostgreSQL in turn."""
    return Place(database_url)


@pytest.fixture
async def service(place: Place) -> AsyncIterator[Service]:
    """The service of one process there."""
    async with place.open() as service:
        yield service


@pytest.fixture
def small_place(sqlite_url: str) -> Place:
    """A place on SQLite only, for what cannot depend on the kind of database."""
    return Place(sqlite_url)


@pytest.fixture
async def small(small_place: Place) -> AsyncIterator[Service]:
    """The service of one process there."""
    async with small_place.open() as service:
        yield service

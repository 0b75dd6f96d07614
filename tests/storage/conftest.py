"""Rooms for tests of what is stored: one for each test, or one for many examples."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.storage.rooms import Room


@pytest.fixture
def room(database_url: str) -> Room:
    """A room of its own for a test, on SQLite and on PostgreSQL in turn."""
    return Room(database_url)


@pytest.fixture(scope="module")
def shared_room(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Room:
    """One room on SQLite for all examples of property tests."""
    folder = tmp_path_factory.mktemp("room")
    for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
        shutil.copy(part, folder)
    return Room(f"sqlite:///{folder / sqlite_template.name}")

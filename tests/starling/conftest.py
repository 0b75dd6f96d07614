"""A command line of its own for every test of what people type."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import Run


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line in a folder that holds nothing but a database of its own."""
    monkeypatch.chdir(tmp_path)
    return Run({"STARLING_DATABASE_URL": sqlite_url})

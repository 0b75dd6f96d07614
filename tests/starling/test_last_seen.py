"""Until when a database was in use is remembered beside it, and a broken file is no trouble."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from starling.last_seen import read_last_seen, write_last_seen
from usecases.restoring import Seen

SEEN = Seen("a-database", datetime(2026, 9, 22, 16, tzinfo=UTC))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "var" / "last-seen.json"
    write_last_seen(path, SEEN)
    assert read_last_seen(path) == SEEN
    assert [each.name for each in path.parent.iterdir()] == ["last-seen.json"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"identity": "x", "alive_at": "soon"}', "\xff"])
def test_what_cannot_be_read_counts_as_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "last-seen.json"
    path.write_text(text, encoding="latin-1")
    assert read_last_seen(path) is None


def test_a_first_start_remembers_nothing(tmp_path: Path) -> None:
    assert read_last_seen(tmp_path / "last-seen.json") is None

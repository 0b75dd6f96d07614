"""Who was forgotten is remembered beside the keys: once each, whatever happened to the file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from storage import erased_file


def test_everybody_is_written_once_and_read_in_order(tmp_path: Path) -> None:
    """Erasing somebody again, as a restore does, adds no line."""
    path = tmp_path / "keys" / "erased.log"
    for subject in ("one", "two", "one"):
        erased_file.remember(path, subject)
    assert erased_file.read(path) == ["one", "two"]
    assert path.read_text() == "one\ntwo\n"


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Ids are no secret, and nobody else's business either."""
    path = tmp_path / "erased.log"
    erased_file.remember(path, "one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_file_nobody_was_forgotten(tmp_path: Path) -> None:
    """A new service has no such file yet."""
    assert erased_file.read(tmp_path / "erased.log") == []


def test_a_line_that_a_power_cut_left_half_written_swallows_no_other(tmp_path: Path) -> None:
    """The next id begins a line of its own."""
    path = tmp_path / "erased.log"
    path.write_text("one\ntw")
    erased_file.remember(path, "three")
    assert erased_file.read(path) == ["one", "tw", "three"]


@pytest.mark.parametrize("odd", ["", "two lines\nof it", "A NAME", "../x"])
def test_nothing_but_ids_is_written(tmp_path: Path, odd: str) -> None:
    """No name and no word may come into a file that lies outside the database."""
    path = tmp_path / "erased.log"
    with pytest.raises(ValueError, match="only ids"):
        erased_file.remember(path, odd)
    assert not path.exists()

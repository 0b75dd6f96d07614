"""Who was forgotten is remembered beside the keys: once each, whatever happened to the file."""

from __future__ import annotations

import stat
from collections.abc import Callable
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


def test_who_was_only_about_to_be_forgotten_was_not(tmp_path: Path) -> None:
    """Until it is noted that it was done, or that it was not, it stays open."""
    path = tmp_path / "erased.log"
    for subject in ("one", "two", "three", "four"):
        erased_file.intend(path, subject)
    erased_file.remember(path, "one")
    erased_file.take_back(path, "two")
    erased_file.doubt(path, "three")
    assert erased_file.read(path) == ["one"]
    assert erased_file.unsettled(path) == ["four"]
    assert erased_file.unclear(path) == ["three"]
    erased_file.intend(path, "two")
    assert erased_file.unsettled(path) == ["two", "four"], "they wish it again"


@pytest.mark.parametrize("say", [erased_file.intend, erased_file.take_back, erased_file.doubt])
def test_whoever_was_forgotten_stays_so_whatever_follows(
    tmp_path: Path, say: Callable[[Path, str], None]
) -> None:
    """Nothing brings somebody back, also not a line that another process wrote too late."""
    path = tmp_path / "erased.log"
    erased_file.remember(path, "one")
    say(path, "one")
    assert erased_file.read(path) == ["one"]
    assert path.read_text() == "one\n"

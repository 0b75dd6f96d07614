"""The house stays as it is drawn: its chapters, its arrows, the size of its rooms."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.tracked import PROJECT, lines_of, tracked_files

CHAPTERS = (
    "surveys", "outcomes", "pictures", "storage", "usecases", "followups", "bot", "web", "starling",
)  # fmt: skip

LONGEST = 350
LONGER_WITH_REASON = {
    "storage/tables.py": "one table after the other, without a line of logic: read as one page",
    "storage/migrations/versions/0001_first_tables.py": "the first step makes every table",
    "storage/migrations/versions/0004_safe_and_heard.py": "one step, many tables",
}
"""Modules that hold one thing although they are longer: path and why."""

# In pieces, so that this file does not name what it looks for.
INDEX_HOSTS = re.compile(
    "|".join(["py" + "pi" + r"\.", "python" + "hosted", "npm" + r"js\.", "deb" + r"\.debian\."])
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.}-])/(?:" + "work|roo" + r"t|ho" + r"me/\w+|Use" + r"rs/\w+|opt/\w+)/"
)


def modules() -> list[Path]:
    return [path for chapter in CHAPTERS for path in sorted((PROJECT / chapter).rglob("*.py"))]


def test_every_arrow_points_the_way_it_is_drawn() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["episode", "--help"], ["release", "--help"]])
def test_asking_for_help_loads_neither_telegram_nor_sql_nor_drawing(arguments: list[str]) -> None:
    program = (
        "import sys, runpy\n"
        "sys.argv = ['starling', *sys.argv[1:]]\n"
        "try:\n"
        "    runpy.run_module('starling', run_name='__main__')\n"
        "except SystemExit as ending:\n"
        "    heavy = {'aiogram', 'sqlalchemy', 'matplotlib', 'fastapi', 'scipy', 'alembic'}\n"
        "    print('ended', ending.code or 0, sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["ended 0 []"], done.stderr


def test_the_chapters_are_the_top_level_folders() -> None:
    missing = [
        name for name in (*CHAPTERS, "tests") if not (PROJECT / name / "__init__.py").exists()
    ]
    assert missing == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_module_holds_one_thing_and_says_which(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(PROJECT))
    assert ast.get_docstring(ast.parse(text)), "the first line says what the module is for"
    assert len(text.splitlines()) <= LONGEST or name in LONGER_WITH_REASON
    assert path.stem not in {"utils", "helpers", "common", "manager", "base"}


def test_no_reason_is_kept_for_a_module_that_became_short() -> None:
    lengths = {
        str(path.relative_to(PROJECT)): len(path.read_text().splitlines()) for path in modules()
    }
    assert [name for name in LONGER_WITH_REASON if lengths.get(name, 0) <= LONGEST] == []


def test_no_file_names_a_package_index_or_a_place_on_somebodys_machine() -> None:
    found = [
        place
        for place, line in lines_of(tracked_files())
        if INDEX_HOSTS.search(line) or MACHINE_PATHS.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "see /ho" + "me/anna/x",
        "cd /wo" + "rk/main",
        "'/roo" + "t/.cache'",
        "files.python" + "hosted.org",
    ],
)
def test_a_planted_place_is_found(line: str) -> None:
    assert INDEX_HOSTS.search(line) or MACHINE_PATHS.search(line)


def build_settings() -> dict[str, Any]:
    document = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(document["tool"]["setuptools"])


def ships(path: Path, patterns: dict[str, list[str]]) -> bool:
    """Whether a data file goes into the installation of the package that it lies in."""
    package = next(each for each in path.parents if (each / "__init__.py").exists())
    name = str(package.relative_to(PROJECT)).replace("/", ".")
    inside = path.relative_to(package)
    return any(
        len(inside.parts) == pattern.count("/") + 1 and inside.match(pattern)
        for pattern in [*patterns["*"], *patterns.get(name, [])]
    )


def test_all_packages_ship_with_the_installation() -> None:
    """A folder that pyproject.toml forgets works in a clone and is missing in the image."""
    folders = {str(path.parent.relative_to(PROJECT)).replace("/", ".") for path in modules()}
    assert set(build_settings()["packages"]) == folders


def test_all_data_ships_with_the_installation() -> None:
    patterns = build_settings()["package-data"]
    data = [
        path
        for path in tracked_files()
        if path.suffix != ".py" and path.relative_to(PROJECT).parts[0] in CHAPTERS
    ]
    assert len(data) > 1
    forgotten = [path for path in data if path.name != "README.md" and not ships(path, patterns)]
    assert forgotten == []

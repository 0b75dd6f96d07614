"""The commands that people type: tried with real pip in a small project that needs no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SCRIPTS = sorted(path for path in (PROJECT / "scripts").iterdir() if path.suffix == "")

# All that the scripts take from a machine beside python3: a bare Debian has them.
TOOLS = (
    "sh", "bash", "dirname", "cat", "cksum", "grep", "tail", "head", "rm", "mv", "sleep", "id",
    "env",
)  # fmt: skip

# The programs that the scripts start, in place of the real ones: they write down how they were
# called, and the one that is named in BROKEN fails.
PROGRAMS = ("starling", "pytest", "ruff", "mypy", "lint-imports", "codespell")
PROGRAM = """\
import os, pathlib, shlex, sys

def main():
    name = pathlib.Path(sys.argv[0]).name
    strict = " (nothing may be skipped)" if os.environ.get("TESTS_MUST_NOT_SKIP") else ""
    with open("calls", "a") as calls:
        print(shlex.join([name, *sys.argv[1:]]), file=calls, end=strict + "\\n")
    print("said by", name)
    return int(os.environ.get("BROKEN") == " ".join([name, *sys.argv[1:2]]))
"""

# A build backend that pip can use without fetching one.
BACKEND = f"""\
import pathlib, time, zipfile

EXTRA = "Provides-Extra: dev\\n"

def build_editable(folder, config_settings=None, metadata_directory=None):
    while pathlib.Path("wait").exists():
        time.sleep(0.05)
    info = "small-0.1.dist-info/"
    files = {{
        "small.pth": str(pathlib.Path.cwd()),
        info + "METADATA": "Metadata-Version: 2.1\\nName: small\\nVersion: 0.1\\n" + EXTRA,
        info + "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        info + "entry_points.txt": "[console_scripts]\\n" + "".join(
            f"{{name}} = program:main\\n" for name in {PROGRAMS!r}
        ),
    }}
    files[info + "RECORD"] = "".join(f"{{name}},,\\n" for name in [*files, info + "RECORD"])
    name = "small-0.1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"""
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "small"
version = "0.1"
dependencies = []
"""


@dataclass(frozen=True)
class Clone:
    """A small project with our scripts, and a machine that has only the tools they may use."""

    folder: Path
    machine: Path

    def start(self, script: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start a script from a folder that has nothing to do with the project."""
        return subprocess.Popen(
            [self.folder / script, *arguments],
            cwd="/",
            env=self.environ(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, script: str, *arguments: str, **environ: str) -> tuple[int, str]:
        """Return the exit code of a script and everything that it printed."""
        with self.start(script, *arguments, **environ) as process:
            said, _ = process.communicate()
        return process.returncode, said

    def environ(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return an environment in which pip looks nowhere for packages."""
        offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
        return {"PATH": str(self.machine), "HOME": str(self.machine), **offline, **more}

    def calls(self) -> list[str]:
        """Return how programs were called since this was asked last."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def append(self, file: str, line: str) -> None:
        """Add a line to a file of the project."""
        with (self.folder / file).open("a") as text:
            text.write(f"{line}\n")


def make_machine(folder: Path, python: str) -> Path:
    """Make a folder of programs for PATH; python: what the command python3 does."""
    folder.mkdir()
    for tool in (*TOOLS, "chromium"):
        (folder / tool).symlink_to(shutil.which(tool) or shutil.which("true") or tool)
    (folder / "python3").write_text(f"#!/bin/sh\n{python}\n")
    (folder / "python3").chmod(0o755)
    return folder


def make_clone(folder: Path, machine: Path) -> Clone:
    folder.mkdir(parents=True)
    shutil.copytree(PROJECT / "scripts", folder / "scripts")
    shutil.copytree(PROJECT / ".ci", folder / ".ci")
    (folder / "starling").mkdir()
    (folder / "starling" / "settings.py").write_text("write_env_example = lambda: 'EXAMPLE\\n'\n")
    files = {"pyproject.toml": PYPROJECT, "backend.py": BACKEND, "program.py": PROGRAM}
    for name, text in {**files, "constraints.txt": "small==0.1\n"}.items():
        (folder / name).write_text(text)
    return Clone(folder, machine)


REAL_PYTHON = f'exec "{Path(sys.base_prefix) / "bin" / "python3"}" "$@"'


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone that was installed once, in a folder whose name has spaces in it."""
    folder = tmp_path_factory.mktemp("scripts")
    clone = make_clone(folder / "my own clone", make_machine(folder / "machine", REAL_PYTHON))
    code, said = clone.run("scripts/install")
    assert code == 0, said
    (clone.folder / "said").write_text(said)
    return clone


@pytest.fixture
def clone(installed: Clone) -> Iterator[Clone]:
    """The installed clone, as it was before the test."""
    files = [*installed.folder.glob("*.*"), installed.folder / ".venv" / "installed"]
    before = {path: path.read_text() for path in files if path.is_file()}
    installed.calls()
    yield installed
    for path, text in before.items():
        path.write_text(text)


@pytest.mark.parametrize("script", [*SCRIPTS, PROJECT / ".ci" / "run"], ids=lambda path: path.name)
def test_a_script_can_be_started_and_is_plain_shell(script: Path) -> None:
    assert os.access(script, os.X_OK)
    shell = script.read_text(encoding="utf-8").splitlines()[0].split("/")[-1].split()[-1]
    assert shell == ("bash" if script.parent.name == ".ci" else "sh")
    subprocess.run([shell, "-n", script], check=True)


def test_the_commands_are_there_and_described() -> None:
    names = ["check", "coverage", "format", "install", "run", "sbom", "test"]
    assert [path.name for path in SCRIPTS] == names
    described = (PROJECT / "scripts" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in SCRIPTS if f"`scripts/{path.name}`" not in described] == []


def test_installing_shows_how_far_it_is(installed: Clone) -> None:
    lines = (installed.folder / "said").read_text().splitlines()
    assert lines[0].startswith("Making .venv with Python 3.")
    assert lines[1].startswith("Installing: ")
    assert lines[-1].startswith("Installed in ")


def test_installing_again_does_nothing_and_takes_no_time(clone: Clone) -> None:
    stamp = clone.folder / ".venv" / "installed"
    before = stamp.stat().st_mtime_ns
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        assert clone.run("scripts/install") == (0, "")
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.2
    assert stamp.stat().st_mtime_ns == before


@pytest.mark.parametrize("file", ["constraints.txt", "pyproject.toml"])
def test_what_the_project_asks_for_is_installed_when_it_changes(clone: Clone, file: str) -> None:
    clone.append(file, "# changed")
    code, said = clone.run("scripts/install")
    assert code == 0, said
    assert "Installed in" in said
    assert "Making" not in said
    assert clone.run("scripts/install") == (0, "")


def test_a_clone_that_was_moved_gets_programs_that_start(clone: Clone, tmp_path: Path) -> None:
    moved = Clone(tmp_path / "moved", clone.machine)
    shutil.copytree(clone.folder, moved.folder, symlinks=True)
    code, said = moved.run("scripts/run")
    assert code == 0, said
    assert said.startswith("Making .venv")
    assert moved.calls() == ["starling run --demo"]


def test_run_starts_the_made_up_service_and_hands_arguments_on(clone: Clone) -> None:
    assert clone.run("scripts/run", "--port", "a b") == (0, "said by starling\n")
    assert clone.calls() == ["starling run --demo --port 'a b'"]
    assert clone.run("scripts/run", BROKEN="starling run")[0] == 1


def test_test_runs_everything_or_what_is_named(clone: Clone) -> None:
    clone.run("scripts/test")
    clone.run("scripts/test", "tests/surveys", "-k", "back or skip")
    everything, some = clone.calls()
    assert everything.startswith("pytest -rs -n 3 --dist loadscope")
    assert everything.endswith(" tests")
    assert some == "pytest -rs tests/surveys -k 'back or skip'"


def test_coverage_runs_the_same_and_looks_what_is_reached(clone: Clone) -> None:
    clone.run("scripts/coverage")
    (call,) = clone.calls()
    assert call.startswith("pytest -rs -n 3 --dist loadscope --cov")


def test_check_looks_at_everything_with_a_line_for_each_step(clone: Clone) -> None:
    code, said = clone.run("scripts/check")
    assert code == 0, said
    assert [line.split()[:2] for line in said.splitlines()] == [
        ["ok", step]
        for step in (
            "format", "lint", "types", "imports", "spelling", "wording", "secrets", "packages",
        )
    ]  # fmt: skip
    assert [line.split()[0] for line in clone.calls()] == [
        "ruff", "ruff", "mypy", "lint-imports", "codespell", "starling", "pytest",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "step", "calls"),
    [
        ("ruff format", "format", 1),
        ("ruff check", "lint", 2),
        ("mypy", "types", 3),
        ("lint-imports", "imports", 4),
        ("codespell", "spelling", 5),
        ("starling wording", "wording", 6),
        ("pytest -q", "secrets", 7),
    ],
)
def test_check_stops_at_what_is_wrong_and_says_what_to_do(
    clone: Clone, broken: str, step: str, calls: int
) -> None:
    code, said = clone.run("scripts/check", BROKEN=broken)
    assert code == 1
    assert f"said by {broken.split(maxsplit=1)[0]}\nFAILED  {step}: " in said
    assert len(clone.calls()) == calls


def test_format_writes_the_example_of_the_settings(clone: Clone) -> None:
    code, said = clone.run("scripts/format")
    assert code == 0, said
    assert (clone.folder / ".env.example").read_text() == "EXAMPLE\n"
    assert [line.split()[:2] for line in clone.calls()] == [["ruff", "check"], ["ruff", "format"]]


def test_ci_checks_and_tests_and_lets_nothing_be_skipped(clone: Clone) -> None:
    code, said = clone.run(".ci/run", CI="true")
    assert code == 0, said
    calls = clone.calls()
    assert [line.split()[0] for line in calls[-3:]] == ["starling", "pytest", "pytest"]
    assert calls[-1].endswith("tests (nothing may be skipped)")
    assert clone.run(".ci/run", BROKEN="mypy")[0] == 1
    assert clone.calls()[-1].startswith("mypy")


@pytest.fixture
def _ctrl_c_is_heard() -> Iterator[None]:
    """Let Ctrl-C be heard by what is started: a job in the background hands down that it is not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_ctrl_c_is_heard")
def test_an_installation_that_is_interrupted_is_finished_the_next_time(clone: Clone) -> None:
    (clone.folder / "wait").touch()
    clone.append("constraints.txt", "# interrupted")
    with clone.start("scripts/install") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Installing: ")
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert process.returncode == 130
    assert not (clone.folder / ".venv" / "installed").exists()
    (clone.folder / "wait").unlink()
    code, said = clone.run("scripts/install")
    assert code == 0, said
    assert clone.run("scripts/install") == (0, "")


def test_packages_that_cannot_be_fetched_are_said_so(clone: Clone) -> None:
    clone.append("pyproject.toml", 'optional-dependencies = { dev = ["no-such-package"] }')
    backend = clone.folder / "backend.py"
    needs = "EXTRA = \"Provides-Extra: dev\\nRequires-Dist: no-such-package; extra == 'dev'\\n\" #"
    backend.write_text(backend.read_text().replace("EXTRA =", needs, 1))
    code, said = clone.run("scripts/install")
    assert code == 1
    assert "The packages could not be fetched" in said
    assert "Connect this machine to a package index" in said
    assert clone.run("scripts/run")[0] == 1
    assert clone.calls() == []


@pytest.mark.parametrize("python", ["exit 1", "[ $1 = --version ] && echo Python 3.8.10"])
def test_a_python_that_is_too_old_or_missing_is_said_so(tmp_path: Path, python: str) -> None:
    clone = make_clone(tmp_path / "clone", make_machine(tmp_path / "machine", python))
    code, said = clone.run("scripts/run")
    assert code == 1
    assert "Starling needs Python 3.11, 3.12, 3.13 or 3.14" in said
    assert ("has Python 3.8.10." in said) == ("3.8.10" in python)
    assert "apt-get install python3" in said
    assert not (clone.folder / ".venv").exists()


def test_a_newer_python_beside_an_old_one_is_found(tmp_path: Path) -> None:
    machine = make_machine(tmp_path / "machine", "exit 1")
    (machine / "python3.12").write_text("#!/bin/sh\necho python3.12 was called with $*\n")
    (machine / "python3.12").chmod(0o755)
    _, said = make_clone(tmp_path / "clone", machine).run("scripts/install")
    assert "python3.12 was called with -m venv" in said


def test_a_python_without_venv_is_said_so(tmp_path: Path) -> None:
    """As on Debian without python3-venv."""
    python = f'case "$*" in *venv*) exit 1;; esac\n{REAL_PYTHON}'
    clone = make_clone(tmp_path / "clone", make_machine(tmp_path / "machine", python))
    code, said = clone.run("scripts/install")
    assert code == 1
    assert "Python cannot make a virtual environment" in said
    assert "apt-get install python3-venv" in said

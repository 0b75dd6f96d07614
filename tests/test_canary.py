"""The watch over the logs sees what leaks, whoever logs it and however, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]

HEAD = """\
import logging, sys
from tests.support.canary import *
log = logging.getLogger("some.library")
lonely = logging.getLogger("lonely")
lonely.propagate = False
"""

LEAKS = {
    "a sentence in a message": "log.info('read %s', CANARY_SENTENCE)",
    "a token in an address": "log.info('POST https://api.example/bot%s/getMe', CANARY_TOKEN)",
    "a chat id as a number": "log.info('chat', extra={'chat': CANARY_CHAT_ID})",
    "an error with a traceback": "log.error('failed', exc_info=ValueError(CANARY_SENTENCE))",
    "a logger that keeps to itself": "lonely.info(CANARY_SENTENCE)",
    "a line on stdout": "print(CANARY_SENTENCE)",
    "a line on stderr": "print(CANARY_CHAT_ID, file=sys.stderr)",
}

HARMLESS = {
    "nothing": "pass",
    "an ordinary record": "log.info('answered')",
    "a level that is not written": "log.debug(CANARY_SENTENCE)",
    "a value that stays in the test": "assert CANARY_TOKEN",
}


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The bodies whose tests failed, in a pytest of their own that has only the watch."""
    folder = tmp_path_factory.mktemp("watched")
    bodies = [*LEAKS.values(), *HARMLESS.values()]
    tests = [f"def test_{number}():\n    {body}\n" for number, body in enumerate(bodies)]
    (folder / "test_bodies.py").write_text(HEAD + "".join(tests))
    (folder / "pytest.ini").write_text("[pytest]\nlog_level = INFO\n")
    own = ["-q", "-rE", "-p", "tests.support.canary", "-p", "no:cacheprovider"]
    files = ["-c", str(folder / "pytest.ini"), str(folder / "test_bodies.py")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *own, *files],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{len(bodies)} passed" in done.stdout, done.stdout
    return {
        bodies[int(found)]
        for found in re.findall(r"^ERROR .*::test_(\d+)", done.stdout, re.MULTILINE)
    }


@pytest.mark.parametrize("body", LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_fails_the_test_that_made_it(failed: set[str], body: str) -> None:
    assert body in failed


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_no_leak_passes(failed: set[str], body: str) -> None:
    assert body not in failed


def test_the_whole_suite_is_watched(request: pytest.FixtureRequest) -> None:
    assert request.config.pluginmanager.has_plugin("canary-watch")
    assert request.config.getini("log_level") == "INFO"

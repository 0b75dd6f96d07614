"""No words of a questionnaire that others own are in the clone: they are known by hashes only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.support.tracked import PROJECT, tracked_files

# Runs of words from the statements of the SDQ, by their number of words: (first word, whole run),
# each as six bytes of a hash. What they say stands nowhere, as only its owner may give it out.
RUNS: dict[int, dict[str, str]] = {
    4: {
        "1081497fee29": "8849dda48a3d",
        "14b5f0aaa313": "3ba6fbd6ac68",
        "1d461f3c2c0f": "2feac1e409ed",
        "36afb34360e1": "57ec4403e9f6",
        "3c1beb44e87f": "ecda2549aed2",
        "3edd25151409": "3ba6fbd6ac68",
        "5247c2b80732": "3ba6fbd6ac68",
        "5f8804a6bc1a": "2d595182d646",
        "7f2cef760f04": "2feac1e409ed",
        "87f291d8147f": "aba47b44e783",
        "8e8d90f25646": "9c8d2b64f95b",
        "9306c4da34b2": "d68969a031a6",
        "9346cb8d8351": "408a7a62ac5d",
        "bbc916aadece": "4f03f8b68417",
        "c4ee6f0e8b52": "d68969a031a6",
        "c95ea28085ed": "3ba6fbd6ac68",
        "db272da5bc2f": "6438f1e99fdb",
        "ed8be35e20d7": "b1302ae77c22",
    },
    5: {
        "3d9c28211ad2": "3308d1fb6c6f",
        "411d16b5b9dd": "3308d1fb6c6f",
        "43e85a7d8769": "3308d1fb6c6f",
        "578271888d3e": "3308d1fb6c6f",
        "62cb1da56df8": "e2930784b7fe",
        "9575fb41a29d": "3308d1fb6c6f",
        "9d98b0bc96a7": "3308d1fb6c6f",
        "a6e2072c8d30": "3308d1fb6c6f",
        "af81b71eefea": "0fe950e07e9f",
        "bc4d987b408e": "3308d1fb6c6f",
        "c0cf8709326e": "3308d1fb6c6f",
        "cb14a0893d35": "9be1aa963e84",
        "d2a4d91987ed": "3ba6fbd6ac68",
        "deade9598787": "cfcdae44dc0b",
    },
    6: {
        "0edca977e01f": "e2930784b7fe",
        "1c92f2f68f11": "3308d1fb6c6f",
        "21a13a3b8f79": "3308d1fb6c6f",
        "2870ba0e5406": "3308d1fb6c6f",
        "2bb5d8805f70": "3308d1fb6c6f",
        "2ff1234b0339": "3308d1fb6c6f",
        "4b6973265465": "3308d1fb6c6f",
        "8e079bab6bdc": "66154be0e924",
        "d1bf3d48675f": "3308d1fb6c6f",
        "d8c833dd1413": "3308d1fb6c6f",
        "e7486c79b459": "3308d1fb6c6f",
    },
    7: {
        "daf7eaef3cfc": "3308d1fb6c6f",
        "e498c54133e1": "c64f56d5485c",
    },
}
"""By number of words: the hash of a run, and that of its first word."""

NOT_TEXT = {".png", ".jpg", ".webp", ".ico", ".woff2", ".pyc", ".db"}
WORD = re.compile(r"[a-z]+")


@cache
def mark(text: str) -> str:
    """Return six bytes of a hash, under a name of its own."""
    return hashlib.blake2b(text.encode(), digest_size=6, person=b"licensed-words").hexdigest()


def found_in(text: str, known: dict[int, dict[str, str]] = RUNS) -> int:
    """Return how many of the runs stand in a text, whatever stands between the words."""
    first_words = {first for runs in known.values() for first in runs.values()}
    words = WORD.findall(text.lower().replace("'", "").replace("’", ""))
    return sum(
        mark(" ".join(words[at : at + length])) in runs
        for at, word in enumerate(words)
        if mark(word) in first_words
        for length, runs in known.items()
    )


def texts(paths: Iterable[Path]) -> Iterable[tuple[str, str]]:
    for path in paths:
        if path.suffix not in NOT_TEXT:
            yield str(path.relative_to(PROJECT)), path.read_text("utf-8", "replace")


def test_no_file_holds_a_statement_of_the_questionnaire() -> None:
    assert [name for name, text in texts(tracked_files()) if found_in(text)] == []


def test_a_planted_statement_is_found_whatever_its_punctuation() -> None:
    """A statement of our own stands in for one that may not stand here."""
    known = {4: {mark("starlings like ripe cherries"): mark("starlings")}}
    assert found_in("We said: Starlings like\n  RIPE, cherries!", known) == 1
    assert found_in("starlings like cherries, ripe ones", known) == 0

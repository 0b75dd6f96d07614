"""Writes the moving part of a run as JSON and reads answers back; it decides nothing.

Ids, status and times are not in it: they have columns of their own.
"""

from __future__ import annotations

from typing import Any, assert_never

from surveys.conversation import (
    Answer,
    Chosen,
    Declination,
    Declined,
    Run,
    WordsId,
    Written,
)


def answer_to_json(answer: Answer) -> list[int | str]:
    """Return an answer as a two-element list that JSON can hold."""
    match answer:
        case Chosen(value):
            return ["chosen", value]
        case Declined(how):
            return ["declined", how.value]
        case Written(words):
            return ["written", words]
        case _:
            assert_never(answer)


def answer_from_json(stored: list[int | str]) -> Answer:
    """Read an answer back; ValueError when it is of no known kind."""
    kind, value = stored
    if kind == "chosen":
        return Chosen(int(value))
    if kind == "declined":
        return Declined(Declination(str(value)))
    if kind == "written":
        return Written(WordsId(str(value)))
    msg = f"no such kind of answer: {kind!r}"
    raise ValueError(msg)


def run_to_json(run: Run) -> dict[str, Any]:
    """Return the moving part of a run as JSON; ids, status and times have columns of their own."""
    return {
        "asked": list(run.asked),
        "answers": {item: answer_to_json(answer) for item, answer in run.answers.items()},
        "misses": run.misses,
    }

"""Nonsense in files that people write: refused with where and why, or taken; never a crash.

What comes from outside is tried elsewhere: updates in tests/bot/test_raw_updates.py, buttons in
tests/bot/test_callbacks.py, files of a case system in tests/usecases/test_importing.py, calls of
programs in tests/web/test_api_episodes.py, settings in tests/starling/test_settings.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from followups.hours import read_hours
from followups.rhythm_data import read_rhythms
from surveys.definitions import read_instrument
from surveys.errors import BadDefinition
from surveys.helplines import read_helplines
from surveys.people import Voice
from surveys.phrasebook import read_section
from surveys.wording import check
from usecases.refusal import Refusal
from usecases.theme_words import check_reply, check_title, names_in

Reader = Callable[[str], object]

READERS: dict[str, tuple[Reader, str, str]] = {
    "instrument": (
        lambda text: read_instrument("x.v1.yaml", text), "surveys.instruments", "check-in.v1.yaml",
    ),
    "phrases": (lambda text: read_section("x.yaml", text), "surveys.phrases", "offers.yaml"),
    "help lines": (read_helplines, "surveys", "helplines.yaml"),
    "hours": (lambda text: read_hours("x.yaml", text), "followups", "hours.yaml"),
    "rhythms": (lambda text: read_rhythms("x.yaml", text), "followups", "rhythms.yaml"),
}  # fmt: skip


def packaged(kind: str) -> str:
    """The file of this kind that comes with the program."""
    _, package, name = READERS[kind]
    root, _, folder = package.partition(".")
    place = files(root).joinpath(folder) if folder else files(root)
    return place.joinpath(name).read_text(encoding="utf-8")


def is_read_or_refused(kind: str, text: str) -> None:
    """Read it; the only error is a refusal, which names file, place, cause and remedy."""
    with suppress(BadDefinition):
        READERS[kind][0](text)


PIECES = st.sampled_from([":", "- ", "\n", "  ", "{", "}", "[", "&a", "*a", "!!python/object", "|", "#", "'", '"', "\t", "0", "null", "\ufeff", "\x85", "items", "phrases", "says", "id"])  # fmt: skip  # noqa: E501
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=60)
@given(text=st.text(max_size=80) | st.lists(PIECES, max_size=20).map("".join))
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    is_read_or_refused(kind, text)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40)
@given(content=PLAIN)
def test_any_content_is_read_or_refused(kind: str, content: object) -> None:
    is_read_or_refused(kind, yaml.safe_dump(content, allow_unicode=True))


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=25)
@given(at=st.floats(0, 1), cut=st.integers(0, 40), put=st.text(max_size=6) | PIECES)
def test_a_real_file_with_a_slip_in_it_is_read_or_refused(
    kind: str, at: float, cut: int, put: str
) -> None:
    whole = packaged(kind)
    where = int(at * len(whole))
    is_read_or_refused(kind, whole[:where] + put + whole[where + cut :])


@pytest.mark.parametrize("kind", READERS)
def test_yaml_that_would_run_or_grow_is_refused(kind: str) -> None:
    grows = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in ("!!python/object/apply:os.system ['true']", "? !!python/name:os.system\n", grows):
        with pytest.raises(BadDefinition):
            READERS[kind][0](text)


@given(text=st.text(max_size=400))
def test_words_of_staff_are_taken_or_refused_and_names_in_them_are_part_of_them(text: str) -> None:
    for look in (check_title, check_reply):
        with suppress(Refusal):
            look(text)
    for name in names_in(text):
        assert name in text.replace("’", "'")


@given(text=st.text(max_size=400), voice=st.sampled_from(list(Voice)))
def test_any_sentence_can_be_looked_at(text: str, voice: Voice) -> None:
    for finding in check(text, voice, "here"):
        assert re.match(r"here: ", str(finding))

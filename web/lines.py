"""What one line of the chat looks like: pieces of text, choices, small buttons, a picture.

It reads a button's data only to tell a choice from a control; it must not act on it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from storage.outbox import Button
from surveys.helplines import Way, dial_link, helplines
from surveys.people import Voice
from surveys.phrasebook import phrasebook
from usecases.transcribing import Line

OVERLAP: Final = timedelta(seconds=5)
"""How far a page looks back: lines are dated before they are stored, so they can turn up late."""

WHO_SEES: Final = "m:who-sees"
AT_THE_TOP: Final = frozenset({"m:help", WHO_SEES})
"""What the buttons send that every page has at its top."""

_QUESTION: Final = re.compile(r"r:[^:]*:[^:]*:(?:k|t:.*)")
_CONTROL: Final = re.compile(r"r:[^:]*:[^:]*:[kdnwbpxc]")
_ASIDE: Final = re.compile(r"r:[^:]*:[^:]*:c|s:.*")
_SHARING: Final = re.compile(r"s:[^:]*:.*")
_OFFER: Final = re.compile(r"[jo]:.*")
_LONGEST_MOMENT: Final = 16  # digits of microseconds: three centuries


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text, and the address that a phone dials where it is a number for help."""

    text: str
    dial: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `progress` is which question of how many it asks, where it asks one."""

    pieces: tuple[Piece, ...]
    progress: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """One line as it is shown: `rows` are choices, `controls` the small buttons below them.

    Who may read words is chosen right below what is said about it: there the small ones come first.
    """

    id: int
    ours: bool
    paragraphs: tuple[Paragraph, ...]
    picture: str | None
    rows: tuple[tuple[Button, ...], ...]
    controls: tuple[Button, ...]
    version: str

    @property
    def small_first(self) -> bool:
        """Whether the small buttons stand above the choices."""
        return any(_SHARING.fullmatch(each.data) for each in self.controls)


def view(line: Line) -> LineView:
    """Return how a line is shown."""
    rows, controls = _sort(line.shown.rows)
    return LineView(
        id=line.id,
        ours=line.ours,
        paragraphs=_paragraphs(line.shown.text) if line.ours else _own(line.shown.text),
        picture=line.shown.picture_run,
        rows=rows,
        controls=controls,
        version=_version(line),
    )


def _sort(
    rows: Sequence[Sequence[Button]],
) -> tuple[tuple[tuple[Button, ...], ...], tuple[Button, ...]]:
    """Tell choices from controls: a question's answers are large, the ways around it small.

    Everywhere else each button is a way on of its own and all are alike: nobody is nudged. What can
    be done about an answer or about words stays small: it is there in case, not to be tapped. Help
    and who sees what stand at the top of the page at all times: no message repeats the second, and
    questions, offers and the first pages do not repeat the first.
    """
    flat = [button for row in rows for button in row]
    if any(_QUESTION.fullmatch(each.data) for each in flat):
        small, left_out = _CONTROL, AT_THE_TOP
    elif any(_OFFER.fullmatch(each.data) for each in flat):
        small, left_out = _ASIDE, AT_THE_TOP
    else:
        small, left_out = _ASIDE, frozenset({WHO_SEES})
    controls = tuple(each for each in flat if small.fullmatch(each.data))
    kept = (
        tuple(each for each in row if each not in controls and each.data not in left_out)
        for row in rows
    )
    return tuple(row for row in kept if row), controls


# --- text -----------------------------------------------------------------------------------------


def _own(text: str) -> tuple[Paragraph, ...]:
    """Return somebody's own words, just as they wrote them."""
    return (Paragraph((Piece(text),)),)


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return our words by paragraph: where the first line says which question it is, a bar does."""
    found = []
    for each in filter(None, text.split("\n\n")):
        where = _progress().match(each)
        if where is None:
            found.append(Paragraph(tuple(_pieces(each))))
        else:
            progress = int(where["position"]), int(where["total"])
            found.append(Paragraph(tuple(_pieces(each[where.end() :])), progress))
    return tuple(found)


@cache
def _progress() -> re.Pattern[str]:
    """Return how the first line of a question looks, whatever words it is written in."""
    written = re.escape(phrasebook().phrases["questions.progress"].says.speak(Voice.OLDER))
    for name in ("position", "total"):
        written = written.replace(re.escape(f"{{{name}}}"), rf"(?P<{name}>\d{{1,2}})")
    return re.compile(f"{written}\n")


def _pieces(text: str) -> Iterable[Piece]:
    """Cut the text at the numbers for help, so that a tap calls them; nothing else is a link."""
    numbers, addresses = _numbers()
    at = 0
    for found in numbers.finditer(text):
        if found.start() > at:
            yield Piece(text[at : found.start()])
        yield Piece(found.group(), addresses[found.group()])
        at = found.end()
    if at < len(text):
        yield Piece(text[at:])


@cache
def _numbers() -> tuple[re.Pattern[str], dict[str, str]]:
    addresses = {line.number: line.link for line in helplines().lines}
    addresses.setdefault("999", dial_link(Way.CALL, "999"))
    longest_first = sorted(addresses, key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![\w.])(?:{either})(?![\w]|\.\d)"), addresses


# --- what is new ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a page has seen: the newest change, and a mark of what stood close before it."""

    at: datetime
    mark: str

    def __str__(self) -> str:
        """Return it as a page carries it."""
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.mark}"

    @property
    def since(self) -> datetime:
        """From when a page has to look again."""
        return self.at - OVERLAP


_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
START: Final = Cursor(_EPOCH, "")


def read_cursor(written: str) -> Cursor:
    """Return the cursor that a page carries; anything else is the start."""
    at, _, mark = written.partition("-")
    if not at.isascii() or not at.isdigit() or len(at) > _LONGEST_MOMENT:
        return START
    return Cursor(_EPOCH + timedelta(microseconds=int(at)), mark[:32])


def move(cursor: Cursor, lines: Sequence[Line]) -> Cursor:
    """Return the cursor of a page that has seen these lines, too; the same when nothing is new."""
    at = max([cursor.at, *(line.changed_at for line in lines)])
    close = [line for line in lines if line.changed_at > at - OVERLAP]
    digest = hashlib.blake2b(digest_size=8)
    for line in close:
        digest.update(f"{line.id} {_version(line)}\n".encode())
    return Cursor(at, digest.hexdigest() if close else "")


def _version(line: Line) -> str:
    """Return a mark that changes when anything shown of a line does."""
    shown = repr((line.ours, line.shown)).encode(errors="replace")
    return hashlib.blake2b(shown, digest_size=6).hexdigest()

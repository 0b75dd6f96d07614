"""Breaks words into lines that fit; leaves out decoration it cannot draw, but never a letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pictures.faults import PictureFault
from pictures.geometry import Point
from pictures.press import has_shape, measure
from pictures.sheet import Lettering

_EMOJI_SELECTOR: Final = "\N{VARIATION SELECTOR-16}"  # unseen, but it would keep a space apart


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of words and the room they take, in pixels."""

    lines: tuple[str, ...]
    lettering: Lettering
    width: float

    @property
    def size(self) -> Point:
        """The width and height of the block."""
        return self.width, self.height

    @property
    def height(self) -> float:
        """The height of all lines together."""
        return self.lettering.line * len(self.lines)


def set_block(text: str, lettering: Lettering, width: float) -> Block:
    """Break `text` into lines of at most `width` pixels, as even in length as can be.

    A single word that is too long is broken where the line ends. See `drawable` for what is left
    out and when PictureFault is raised.
    """
    words = list(_pieces(drawable(text), lettering, width))
    lines = _fill(words, lettering, width)
    # The narrowest width that needs no more lines makes them even.
    narrow, wide = 0.0, width
    while wide - narrow > lettering.size / 4:
        middle = (narrow + wide) / 2
        attempt = _fill(words, lettering, middle)
        if len(attempt) > len(lines) or _widest(attempt, lettering) > middle:
            narrow = middle
        else:
            wide, lines = middle, attempt
    return Block(tuple(lines), lettering, _widest(lines, lettering))


def drawable(text: str) -> str:
    """Leave out signs that the font cannot draw (most emoji), and tidy the spaces that remain.

    Raises PictureFault for a letter without a shape: half a word must not pass for the word.
    """
    missing = {c for c in text if not c.isspace() and not _is_drawn(c)}
    if any(c.isalnum() for c in missing):
        msg = "the words are in a script that pictures cannot draw: send them as text instead"
        raise PictureFault(msg)
    return " ".join("".join(c for c in text if c not in missing).split())


def _is_drawn(character: str) -> bool:
    return character.isprintable() and character != _EMOJI_SELECTOR and has_shape(character)


def _pieces(text: str, lettering: Lettering, width: float) -> Iterator[str]:
    for word in text.split():
        rest = word
        while measure(rest, lettering) > width and len(rest) > 1:
            fits = next(
                (n for n in range(len(rest) - 1, 1, -1) if measure(rest[:n], lettering) <= width), 1
            )
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _fill(words: list[str], lettering: Lettering, width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, lettering) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _widest(lines: list[str], lettering: Lettering) -> float:
    return max((measure(line, lettering) for line in lines), default=0.0)

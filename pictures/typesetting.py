"""Breaks words into lines that fit; never cuts words away, except shapes no font here can draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pictures.geometry import Point
from pictures.press import has_shape, measure
from pictures.sheet import Lettering


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

    A single word that is too long is broken where the line ends. Characters without a shape in
    the font (most emoji) are left out, so that no empty box is ever shown.
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
    """Leave out what cannot be drawn, and tidy the spaces that remain."""
    kept = (c if c.isspace() or (c.isprintable() and has_shape(c)) else "" for c in text)
    return " ".join("".join(kept).split())


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

"""Writes a sheet as SVG; knows no star, no measure and no meaning.

The words stay words, so they can be selected, searched and read aloud. There is no script, no
style element and no style attribute: the result may be placed inside a page, or served as an
image of its own, under a content security policy that allows no inline code.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final, assert_never

from pictures.sheet import CAPITAL, Disc, Look, Mark, Shape, Sheet, Words

# Names were measured in DejaVu Sans, one of the widest faces: whatever stands in for it fits.
_FACES: Final = "DejaVu Sans, Arial, Helvetica, sans-serif"
_ANCHORS: Final = {0.0: "start", 0.5: "middle", 1.0: "end"}


def print_svg(sheet: Sheet, title: str) -> bytes:
    """Write as SVG (UTF-8) with a title for screen readers; the same sheet gives the same bytes."""
    name = escape("".join(c for c in title if c.isprintable()))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width} {sheet.height}"'
        f' width="{sheet.width}" height="{sheet.height}" role="img" aria-label="{name}"'
        f' font-family="{_FACES}" stroke-linecap="round" stroke-linejoin="round">'
    )
    ground = f'<rect width="100%" height="100%" fill="{sheet.ground}"/>'
    body = (_write(mark, sheet.height) for mark in sheet.marks)
    return "\n".join((head, f"<title>{name}</title>", ground, *body, "</svg>", "")).encode()


def _write(mark: Mark, height: int) -> str:
    match mark:
        case Shape():
            points = " ".join(f"{_number(x)},{_number(height - y)}" for x, y in mark.points)
            kind = "polygon" if mark.closed else "polyline"
            return f'<{kind} points="{points}"{_ink(mark.look)}/>'
        case Disc():
            x, y = _number(mark.centre[0]), _number(height - mark.centre[1])
            return f'<circle cx="{x}" cy="{y}" r="{_number(mark.radius)}"{_ink(mark.look)}/>'
        case Words():
            return _words(mark, height)
        case _:
            assert_never(mark)


def _words(words: Words, height: int) -> str:
    lettering = words.lettering
    baseline = height - words.at[1] + CAPITAL / 2 * lettering.size
    weight = ' font-weight="bold"' if lettering.bold else ""
    return (
        f'<text x="{_number(words.at[0])}" y="{_number(baseline)}"'
        f' font-size="{_number(lettering.size)}"{weight} fill="{lettering.colour}"'
        f' text-anchor="{_ANCHORS[words.anchor]}">{escape(words.text)}</text>'
    )


def _ink(look: Look) -> str:
    return "".join(f' {name}="{value}"' for name, value in _attributes(look))


def _attributes(look: Look) -> Iterator[tuple[str, str]]:
    yield "fill", look.fill or "none"
    if look.edge:
        yield "stroke", look.edge
        yield "stroke-width", _number(look.width)
    if look.dash:
        yield "stroke-dasharray", " ".join(_number(length) for length in look.dash)
    if look.strength < 1:
        yield "opacity", _number(look.strength)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

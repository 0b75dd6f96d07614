"""Prints a sheet as PNG and measures words, both with matplotlib; knows no star and no meaning.

Importing this module costs about half a second and 60 MB, so only pictures.press does, when the
first picture is wanted. Only the object interface is used: Figure and its canvas, never pyplot.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final, assert_never

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.patches import Circle, Patch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import IdentityTransform
from PIL import Image

from pictures.sheet import CAPITAL, Disc, Lettering, Look, Mark, Shape, Sheet, Words

# One inch is 72 points: at 72 dots an inch a point is a pixel, and every size is in pixels.
_DPI: Final = 72

# The fonts come with matplotlib. A file is named, so no font of the machine can slip in.
_FONTS: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
_PLAIN: Final = _FONTS / "DejaVuSans.ttf"
_BOLD: Final = _FONTS / "DejaVuSans-Bold.ttf"

# A stranger's matplotlibrc must not change a child's picture.
mpl.rcdefaults()


def measure(text: str, lettering: Lettering) -> float:
    """Measure the width of one line of words, in pixels."""
    if not text:
        return 0.0
    width, _height, _descent = text_to_path.get_text_width_height_descent(
        text, _font(lettering), ismath=False
    )
    return float(width)


def has_shape(character: str) -> bool:
    """Tell whether both weights of the font can draw this character."""
    code = ord(character)
    return all(get_font(file).get_char_index(code) for file in (_PLAIN, _BOLD))


def print_png(sheet: Sheet) -> bytes:
    """Print as PNG, one pixel a unit; the same sheet gives the same bytes.

    256 colours are enough for these pictures and make a file a third of the size, which counts
    on a child's mobile data.
    """
    canvas = compose(sheet)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib leaves this class bare
    pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]  # as above
    image = Image.frombuffer("RGBA", (sheet.width, sheet.height), pixels).convert("RGB")
    _let_go(canvas)
    printed = io.BytesIO()
    _reduce(image, sheet).save(printed, format="PNG")
    return printed.getvalue()


def _let_go(canvas: FigureCanvasAgg) -> None:
    """Untie what holds each other, so that 6 MB do not wait for the garbage collector."""
    for artist in list(canvas.figure.artists):
        artist.remove()
    canvas.renderer = None


def _reduce(image: Image.Image, sheet: Sheet) -> Image.Image:
    """Keep 256 colours, chosen from every third pixel: a tenth of the work, no visible change.

    Choosing rounds a little; the colours that were asked for are put right again.
    """
    few = image.resize((image.width // 3, image.height // 3), Image.Resampling.NEAREST)
    chosen = few.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    reduced = image.quantize(palette=chosen, dither=Image.Dither.NONE)
    asked = Image.new("RGB", (1, 1))
    palette = reduced.getpalette() or []
    for colour in _colours(sheet):
        asked.putpixel((0, 0), colour)
        place = asked.quantize(palette=chosen, dither=Image.Dither.NONE).tobytes()[0]
        palette[3 * place : 3 * place + 3] = colour
    reduced.putpalette(palette)
    return reduced


def _colours(sheet: Sheet) -> list[tuple[int, int, int]]:
    """List the colours of all areas and circles that cover what lies below them."""
    looks = (mark.look for mark in sheet.marks if not isinstance(mark, Words))
    fills = {look.fill for look in looks if look.fill and look.strength == 1}
    triplets = (bytes.fromhex(fill[1:]) for fill in sorted({*fills, sheet.ground}))
    return [(red, green, blue) for red, green, blue in triplets]


def compose(sheet: Sheet) -> FigureCanvasAgg:
    """Build the canvas of a sheet, every mark an artist of its own, back to front."""
    figure = Figure(figsize=(sheet.width / _DPI, sheet.height / _DPI), dpi=_DPI)
    canvas = FigureCanvasAgg(figure)
    figure.patch.set_facecolor(sheet.ground)
    for level, mark in enumerate(sheet.marks, start=1):
        artist = _artist(mark)
        artist.set_zorder(level)
        artist.set_transform(IdentityTransform())
        figure.add_artist(artist)
    return canvas


def _artist(mark: Mark) -> Artist:
    match mark:
        case Shape():
            outline = Outline(mark.points, closed=False)
            if mark.closed:
                outline = Outline([*mark.points, mark.points[0]], closed=True)
            return _ink(PathPatch(outline), mark.look)
        case Disc():
            return _ink(Circle(mark.centre, mark.radius), mark.look)
        case Words():
            return _words(mark)
        case _:
            assert_never(mark)


def _ink(patch: Patch, look: Look) -> Patch:
    patch.set_facecolor(look.fill or "none")
    patch.set_edgecolor(look.edge or "none")
    patch.set_linewidth(look.width)
    patch.set_alpha(look.strength)
    patch.set_capstyle("round")
    patch.set_joinstyle("round")
    if look.dash:
        # matplotlib counts dashes in line widths.
        patch.set_linestyle((0, tuple(length / look.width for length in look.dash)))
    return patch


def _words(words: Words) -> Text:
    lettering = words.lettering
    x = words.at[0] - words.anchor * measure(words.text, lettering)
    y = words.at[1] - CAPITAL / 2 * lettering.size
    return Text(
        x,
        y,
        words.text,
        color=lettering.colour,
        fontproperties=_font(lettering),
        horizontalalignment="left",
        verticalalignment="baseline",
        parse_math=False,
    )


def _font(lettering: Lettering) -> FontProperties:
    return FontProperties(fname=_BOLD if lettering.bold else _PLAIN, size=lettering.size)

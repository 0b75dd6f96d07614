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
    figure = compose(sheet)
    raw = io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=_DPI)
    # A figure and its artists hold each other; letting go now keeps memory flat.
    figure.clear()
    image = Image.frombytes("RGBA", (sheet.width, sheet.height), raw.getvalue())
    colours = image.convert("RGB").quantize(
        256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    printed = io.BytesIO()
    colours.save(printed, format="PNG")
    return printed.getvalue()


def compose(sheet: Sheet) -> Figure:
    """Build the figure of a sheet, every mark an artist of its own, back to front."""
    figure = Figure(figsize=(sheet.width / _DPI, sheet.height / _DPI), dpi=_DPI)
    FigureCanvasAgg(figure)
    figure.patch.set_facecolor(sheet.ground)
    for level, mark in enumerate(sheet.marks, start=1):
        artist = _artist(mark)
        artist.set_zorder(level)
        artist.set_transform(IdentityTransform())
        figure.add_artist(artist)
    return figure


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

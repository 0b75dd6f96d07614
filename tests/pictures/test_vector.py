"""SVG that may stand inside a page under a content security policy without inline code."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from pictures.sheet import Lettering, Look, Sheet
from pictures.vector import print_svg

NAMESPACE: Final = "{http://www.w3.org/2000/svg}"


def a_sheet() -> Sheet:
    sheet = Sheet(200, 100, "#FFFFFF")
    sheet.area([(0, 0), (10, 0), (10, 10)], Look(fill="#F7C548", strength=0.5))
    sheet.line([(0, 50), (100, 50)], Look(edge="#0B67A8", width=2, dash=(3, 4)))
    sheet.disc((50, 80), 12.5, Look(fill="#2B2344"))
    sheet.words((100, 20), 'Ours & "theirs" <now>', Lettering(30, "#2B2344", bold=True))
    return sheet


def test_up_on_the_sheet_is_up_in_the_picture() -> None:
    root = ET.fromstring(print_svg(a_sheet(), "A picture"))  # noqa: S314  our own SVG
    circle = root.find(f"{NAMESPACE}circle")
    assert circle is not None
    assert circle.attrib == {"cx": "50", "cy": "20", "r": "12.5", "fill": "#2B2344"}
    polygon = root.find(f"{NAMESPACE}polygon")
    assert polygon is not None
    assert polygon.get("points") == "0,100 10,100 10,90"


def test_words_stay_words_and_strange_signs_do_no_harm() -> None:
    svg = print_svg(a_sheet(), 'A & B <"one">')
    root = ET.fromstring(svg)  # noqa: S314  our own SVG
    text = root.find(f"{NAMESPACE}text")
    assert text is not None
    assert text.text == 'Ours & "theirs" <now>'
    assert root.findtext(f"{NAMESPACE}title") == 'A & B <"one">'
    assert root.get("aria-label") == 'A & B <"one">'
    assert root.get("role") == "img"


def test_there_is_no_style_and_no_script() -> None:
    root = ET.fromstring(print_svg(a_sheet(), "A picture"))  # noqa: S314  our own SVG
    for element in root.iter():
        assert element.tag.removeprefix(NAMESPACE) not in {"style", "script", "foreignObject"}
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
        assert not any("href" in name for name in element.attrib)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert print_svg(a_sheet(), "A picture") == print_svg(a_sheet(), "A picture")

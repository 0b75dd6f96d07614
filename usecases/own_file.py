"""Writes the page about somebody as one file of HTML that stands alone; it decides nothing in it.

The file works without us and without a network: no script, no picture, no address of ours.
"""

from __future__ import annotations

from html import escape
from typing import Final

from usecases.own_page import Line, OwnPage, Section

NAME: Final = "about-me.html"
"""What the file is called on somebody's own device: it says nothing about where it comes from."""

_STYLE: Final = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:1rem auto;padding:0 1rem;"
    "color:#1f2430;background:#fff;overflow-wrap:anywhere}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}p{margin:.6rem 0 0}"
    "blockquote{margin:.2rem 0 .8rem;padding:.3rem .8rem;border-left:.25rem solid #5b6b8c;"
    "white-space:pre-wrap}"
)

_POLICY: Final = (
    '<meta http-equiv="content-security-policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)


def write_file(page: OwnPage) -> str:
    """Return the file; everything in it is escaped."""
    body = [f"<h1>{escape(page.title)}</h1>"]
    body += [f"<p>{escape(each)}</p>" for each in page.intro]
    body += [_section(each) for each in page.sections]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en-GB">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            _POLICY,
            f"<title>{escape(page.title)}</title>",
            f"<style>{_STYLE}</style></head>",
            "<body><main>",
            *body,
            "</main></body>",
            "</html>",
            "",
        ]
    )


def _section(section: Section) -> str:
    lines = "\n".join(_line(each) for each in section.lines)
    return f"<section>\n<h2>{escape(section.heading)}</h2>\n{lines}\n</section>"


def _line(line: Line) -> str:
    said = f"<p>{escape(line.ours)}</p>"
    return f"{said}\n<blockquote>{escape(line.theirs)}</blockquote>" if line.theirs else said

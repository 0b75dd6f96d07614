"""Turns templates into pages: every value is escaped, every word for participants has its phrase.

It must not know what a page is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from surveys.helplines import helplines
from surveys.people import AgeBand, Role, Voice
from surveys.phrasebook import phrasebook
from web.site import NEUTRAL_PAGE

_BUSY: Final = frozenset({429, 500, 503})

SEE_OTHER: Final = 303
"""Go on with a GET: so a reload never sends a form again."""


def say(key: str, **values: str | int) -> str:
    """Return a phrase of the pages around the chat, which speak to everybody alike."""
    return phrasebook().say(key, Voice.OLDER, **values)


@cache
def templates() -> Environment:
    """Return the templates of this package; a name that is missing is an error, not a gap."""
    found = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["say"] = say
    found.globals["helplines"] = helplines().suited_to(Role.YOUNG_PERSON, AgeBand.ADULT)
    found.globals["quick_exit"] = NEUTRAL_PAGE  # where a page is told no other
    return found


def render(name: str, **values: object) -> str:
    """Return a template filled with these values."""
    return templates().get_template(name).render(values)


def show(name: str, values: Mapping[str, object] | None = None, status: int = 200) -> HTMLResponse:
    """Return a page."""
    return HTMLResponse(render(name, **(values or {})), status)


def go_to(path: str) -> RedirectResponse:
    """Send a browser to another page of ours."""
    return RedirectResponse(path, SEE_OTHER)


def wants_json(request: Request) -> bool:
    """Tell whether a script asks, which wants data and not a page."""
    return request.headers.get("accept", "").startswith("application/json")


def show_trouble(key: str, status: int) -> HTMLResponse:
    """Return a kind page about something that did not work; `key` names its phrase.

    Where nothing is taken in just now, whom to call stands there too: it may have been about help.
    """
    return show("trouble.html", {"words": say(key), "busy": status in _BUSY}, status)

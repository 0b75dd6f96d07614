"""The way in for participants: a link or a typed code, one button, and then the chat.

Looking at a link uses nothing up, as programs that preview links look, too. Used, expired and
wrong codes get the same answer, which the use cases give.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from usecases import transcribing
from usecases.joining import looks_like_code
from web.access import came_by, remember_chat, visitor_of
from web.chat import feed_and_wait
from web.forms import read_form
from web.pages import go_to, say, show, show_trouble
from web.ports import Fed
from web.site import Site
from web.updates import Sender, text_update

_REPLY_WITHIN: Final = 5.0
_REFUSALS: Final = ("joining.code-not-known", "joining.too-many-codes")
_PAGE_BYTES: Final = 20


def joining_router() -> APIRouter:
    """Return the pages by which participants come in."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def front(request: Request) -> Response:
        return await _straight_in_or_form(request)

    @router.get("/join")
    async def ask_for_code(request: Request) -> Response:
        return await _straight_in_or_form(request)

    @router.post("/join")
    async def take_code(request: Request) -> Response:
        form = await read_form(request)
        code = form.get("code", "").strip()
        if not code:
            return _show_form(request, message=say("web.join-empty"))
        site: Site = request.app.state.site
        visitor = None if looks_like_code(code) else await visitor_of(request, site)
        if visitor is not None:  # words of somebody who has a chat here belong into it
            sender = Sender(visitor, site.entropy(_PAGE_BYTES).hex(), site.clock())
            if await feed_and_wait(site, text_update(sender, code), visitor) is Fed.NOT_STORED:
                return show_trouble("web.error-busy", 503)
            return go_to("/chat#newest")
        return await _come_in(request, code, form)

    @router.get("/join/{code}")
    async def show_link(request: Request, code: str) -> Response:
        site: Site = request.app.state.site
        if await visitor_of(request, site) is None:
            return _show_link(request, code, known=False)
        if came_by(request, site, code):
            return go_to("/chat")
        return _show_link(request, code, known=True)

    @router.post("/join/{code}")
    async def take_link(request: Request, code: str) -> Response:
        return await _come_in(request, code, await read_form(request))

    return router


async def _straight_in_or_form(request: Request) -> Response:
    known = await visitor_of(request, request.app.state.site)
    return _show_form(request) if known is None else go_to("/chat")


async def _come_in(request: Request, code: str, form: Mapping[str, str]) -> Response:
    """Redeem a code as if it had been typed into the chat, in a chat of its own.

    Words in the place of a code are heard there as well; what is answered stands in that chat.

    Somebody who has a chat here keeps it until the new code turns out to be good.
    """
    site: Site = request.app.state.site
    known = await visitor_of(request, site) is not None
    if known and came_by(request, site, code):
        return go_to("/chat")
    opened = _mark_of(form.get("page", ""), code, site)
    visitor, token = await transcribing.new_visitor(site.service, site.clock(), opened)
    sender = Sender(visitor, "join", site.clock())
    if await site.feed(text_update(sender, f"/start {code}")) is Fed.NOT_STORED:
        return show_trouble("web.error-busy", 503)
    reply = await _first_reply(site, visitor)
    if reply is None and known:
        return show_trouble("web.error-busy", 503)
    if reply in [say(key) for key in _REFUSALS]:
        return _show_form(request, message=reply)
    response = go_to("/chat")
    remember_chat(response, site, token, code)
    return response


def _mark_of(page: str, code: str, site: Site) -> str:
    """Return the mark of this opened page and code: the same when the form is sent twice.

    A form that comes again, after a double tap or a lost answer, so ends in the same chat.
    """
    opened = page if len(page) == 2 * _PAGE_BYTES else site.entropy(_PAGE_BYTES).hex()
    return f"{opened} {code}"


async def _first_reply(site: Site, visitor: int) -> str | None:
    """Return what was said to a newcomer, or None when nothing was said in time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _REPLY_WITHIN
    with site.bells.listen(visitor) as bell:
        while True:
            bell.hush()
            lines = await transcribing.since(site.service, visitor)
            said = [line for line in lines if line.ours]
            if said:
                return said[-1].shown.text
            if (left := until - loop.time()) <= 0:
                return None
            await bell.wait(min(left, 1.0))


def _show_form(request: Request, message: str = "") -> HTMLResponse:
    site: Site = request.app.state.site
    return show(
        "join.html",
        {
            "message": message,
            "page": site.entropy(_PAGE_BYTES).hex(),
            "quick_exit": site.quick_exit,
        },
    )


def _show_link(request: Request, code: str, *, known: bool) -> HTMLResponse:
    site: Site = request.app.state.site
    return show(
        "join_link.html",
        {
            "code": code,
            "known": known,
            "page": site.entropy(_PAGE_BYTES).hex(),
            "quick_exit": site.quick_exit,
        },
    )

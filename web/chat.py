"""The chat in a browser: shows the record, and feeds what somebody types or taps.

It must not know what an input means. Every page works without a script; a script gets the same
lines as data.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from storage.errors import DatabaseAway
from usecases import transcribing
from usecases.picturing import NoPicture, picture_of
from usecases.transcribing import Line
from web import lines as faces
from web.access import refresh_chat, visitor_of
from web.bells import Bell
from web.forms import read_form
from web.lines import START, Cursor, read_cursor
from web.nudges import note_seen, way_to_nudges
from web.pace import Pace
from web.pages import go_to, render, say, show, show_trouble, wants_json
from web.ports import Fed
from web.site import Site
from web.updates import Sender, Update, read_message_id, tap_update, text_update

LISTEN_FOR: Final = 25.0
"""Seconds that a page waits for news before it asks again: below what proxies put up with."""

LOOK_EVERY: Final = 2.0
"""Seconds after which a waiting page looks by itself: another process may have written."""

HELP: Final = "m:help"
"""What a button for help sends."""

_FIRST_REPLY: Final = 1.5
_QUIET: Final = 0.08
_MOST_LINES: Final = 10
_LONGEST_ID: Final = 64
_LONGEST_DATA: Final = 200


class TooFast(Exception):
    """Inputs of one browser come faster than a person can send them: nothing was stored."""


def chat_router() -> APIRouter:
    """Return the pages of the chat."""
    router = APIRouter(include_in_schema=False)
    _add_showing(router)
    _add_taking_in(router, Pace())
    return router


def _add_showing(router: APIRouter) -> None:
    @router.get("/chat")
    async def chat(request: Request) -> Response:
        site: Site = request.app.state.site
        way_to_mail = await way_to_nudges(request)
        note_seen(request)
        found = await transcribing.since(site.service, request.state.visitor)
        response = show(
            "chat.html",
            {
                "lines": [faces.view(line) for line in found],
                "cursor": str(faces.move(START, found)),
                "client_id": site.entropy(10).hex(),
                "quick_exit": site.quick_exit,
                "way_to_mail": way_to_mail,
            },
        )
        refresh_chat(response, request, site)
        return response

    @router.get("/help")
    async def numbers(request: Request) -> Response:
        return show_help(request)

    @router.get("/who-sees")
    async def who_sees(request: Request) -> Response:
        """Say who can see what; in the chat this is said in the chat."""
        site: Site = request.app.state.site
        return show("who_sees.html", {"quick_exit": site.quick_exit})

    @router.get("/chat/news")
    async def news(request: Request) -> JSONResponse:
        site: Site = request.app.state.site
        cursor = read_cursor(request.query_params.get("after", ""))
        patience = 0.0 if request.query_params.get("wait") == "0" else LISTEN_FOR
        found, cursor = await _wait_for_news(request, cursor, patience)
        if found and not await request.is_disconnected():
            note_seen(request)
        client_id = site.entropy(10).hex()
        return JSONResponse(
            {"cursor": str(cursor), "lines": [_as_data(line, client_id) for line in found]}
        )

    @router.get("/chat/picture/{run}")
    async def picture(request: Request, run: str) -> Response:
        site: Site = request.app.state.site
        if not await _was_shown(request, run):
            return show_trouble("web.error-not-found", 404)
        try:
            png = await picture_of(site.service, run)
        except NoPicture:
            return show_trouble("web.error-not-found", 404)
        return Response(png, media_type="image/png")


def _add_taking_in(router: APIRouter, pace: Pace) -> None:
    @router.post("/chat/say")
    async def say_words(request: Request) -> Response:
        _keep_to(pace, request)
        form = await read_form(request)
        text = form.get("text", "")
        if not text.strip():
            return _answer_empty(request)
        sender = _sender(request, form.get("c", ""))
        return await _feed(request, text_update(sender, text))

    @router.post("/chat/tap")
    async def tap(request: Request) -> Response:
        _keep_to(pace, request)
        form = await read_form(request)
        sender = _sender(request, form.get("c", ""))
        data, message = form.get("d", "")[:_LONGEST_DATA], read_message_id(form.get("m", ""))
        return await _feed(request, tap_update(sender, data, message))

    @router.post("/help")
    async def call_for_help(request: Request) -> Response:
        """Answer in the chat, where that works at once; else show whom to call, whatever is wrong.

        Without a script this is what the button at the top of the chat does.
        """
        form = await read_form(request)
        site: Site = request.app.state.site
        now = asyncio.get_running_loop().time()
        with suppress(DatabaseAway):
            visitor = await visitor_of(request, site)
            if visitor is not None and pace.allows(visitor, now):
                request.state.visitor = visitor
                sender = _sender(request, form.get("c", ""))
                if await feed_and_wait(site, tap_update(sender, HELP, None), visitor) is Fed.DONE:
                    return go_to("/chat#newest")
        return show_help(request)


# --- showing --------------------------------------------------------------------------------------


def _as_data(line: Line, client_id: str) -> dict[str, object]:
    """Return one line as a script gets it: the very markup that the page would show."""
    face = faces.view(line)
    markup = render("line.html", line=face, client_id=client_id, newest=False)
    return {"id": str(face.id), "version": face.version, "ours": face.ours, "html": markup}


async def _wait_for_news(
    request: Request, cursor: Cursor, patience: float
) -> tuple[list[Line], Cursor]:
    """Return lines that the page may not have seen, and how far it has seen then."""
    site: Site = request.app.state.site
    visitor: int = request.state.visitor
    until = asyncio.get_running_loop().time() + patience
    with site.bells.listen(visitor) as bell:
        while True:
            bell.hush()
            found = await transcribing.since(site.service, visitor, cursor.since)
            moved = faces.move(cursor, found)
            left = until - asyncio.get_running_loop().time()
            gone = site.bells.closed or await request.is_disconnected()
            if moved != cursor or left <= 0 or gone:
                return (found if moved != cursor else []), moved
            await bell.wait(min(LOOK_EVERY, left))


async def _was_shown(request: Request, run: str) -> bool:
    """Tell whether this browser's own chat holds the picture of this run."""
    site: Site = request.app.state.site
    found = await transcribing.since(site.service, request.state.visitor)
    return any(line.shown.picture_run == run for line in found)


# --- taking in ------------------------------------------------------------------------------------


def _sender(request: Request, client_id: str) -> Sender:
    site: Site = request.app.state.site
    given = client_id[:_LONGEST_ID] or site.entropy(10).hex()
    return Sender(request.state.visitor, given, site.clock())


def _keep_to(pace: Pace, request: Request) -> None:
    """Refuse what no person sends. Raises TooFast."""
    if not pace.allows(request.state.visitor, asyncio.get_running_loop().time()):
        raise TooFast


async def _feed(request: Request, update: Update) -> Response:
    """Feed one input; a page without a script then shows the reply, too."""
    site: Site = request.app.state.site
    with site.bells.listen(request.state.visitor) as bell:
        fed = await site.feed(update)
        replied = bell.rang
        site.bells.ring(request.state.visitor)  # other open pages show the person's own words
        if wants_json(request):
            return JSONResponse({"state": fed.value}, 503 if fed is Fed.NOT_STORED else 200)
        if fed is Fed.NOT_STORED:
            return show_trouble("web.error-busy", 503)
        await _let_replies_come(bell, replied=replied)
    return go_to("/chat#newest")


async def feed_and_wait(site: Site, update: Update, visitor: int) -> Fed:
    """Feed one input; where it was dealt with at once, the reply is there then, or nearly."""
    with site.bells.listen(visitor) as bell:
        fed = await site.feed(update)
        if fed is Fed.DONE:
            await _let_replies_come(bell, replied=bell.rang)
    return fed


async def _let_replies_come(bell: Bell, *, replied: bool) -> None:
    """Wait until our reply is written: it leaves right after the commit, in one or two messages."""
    if not replied:
        bell.hush()
        await bell.wait(_FIRST_REPLY)
    for _ in range(_MOST_LINES):
        bell.hush()
        await bell.wait(_QUIET)
        if not bell.rang:
            return


def show_help(request: Request) -> Response:
    """Return the page with whom to call, which needs nothing else to work."""
    site: Site = request.app.state.site
    return show("help.html", {"quick_exit": site.quick_exit})


def _answer_empty(request: Request) -> Response:
    if wants_json(request):
        return JSONResponse({"message": say("web.write-empty")}, 400)
    return go_to("/chat#newest")

"""The page on which somebody chooses an e-mail that says that something is waiting.

It must not say anywhere which service this is. Looking at the link in the first e-mail does
nothing, as programs that preview links look, too: only the button on its page does.
"""

from __future__ import annotations

from functools import partial
from typing import Final, assert_never

from fastapi import APIRouter, Request
from fastapi.responses import Response

from surveys.phrasebook import phrasebook
from usecases import nudging
from usecases.letters import Post
from usecases.nudging import Asked, Choice, State
from web.forms import read_form
from web.pages import go_to, say, show, show_trouble
from web.site import Site

_LONGEST_TYPED: Final = 400
_LONGEST_TOKEN: Final = 64


def nudges_router() -> APIRouter:
    """Return the pages about e-mails; where none leave, they are not there."""
    router = APIRouter(include_in_schema=False)
    _add_choosing(router)
    _add_saying_yes(router)
    return router


def _add_choosing(router: APIRouter) -> None:
    @router.get("/chat/nudges")
    async def show_choice(request: Request) -> Response:
        return await _show(request)

    @router.post("/chat/nudges")
    async def choose(request: Request) -> Response:
        post = _site(request).post
        form = await read_form(request)
        if post is None:
            return _not_here()
        asked = await _ask(request, post, form.get("mail", ""))
        if asked is Asked.SENT:
            return go_to("/chat/nudges")
        return await _show(request, asked)

    @router.post("/chat/nudges/off")
    async def take_away(request: Request) -> Response:
        await read_form(request)
        await nudging.take_away(_site(request).service, request.state.visitor)
        return await _show(request, gone=True)


def _add_saying_yes(router: APIRouter) -> None:
    @router.get("/mail/{token}")
    async def look_at_link(request: Request, token: str) -> Response:
        site = _site(request)
        secret = token[:_LONGEST_TOKEN]
        is_open = await nudging.is_open(site.service, secret, site.clock())
        return _show_link(request, "open" if is_open else "gone", secret)

    @router.post("/mail/{token}")
    async def say_yes(request: Request, token: str) -> Response:
        site = _site(request)
        await read_form(request)
        secret = token[:_LONGEST_TOKEN]
        said = await nudging.confirm(site.service, secret, site.clock())
        return _show_link(request, "done" if said else "gone", secret)


async def way_to_nudges(request: Request) -> str | None:
    """Return the words of the link from the chat of this browser, or None where there is none."""
    site = _site(request)
    if site.post is None:
        return None
    choice = await nudging.look(site.service, request.state.visitor, site.clock())
    match choice.state if choice is not None else State.TOO_YOUNG:
        case State.TOO_YOUNG:
            return None
        case State.OFF:
            return say("nudges.link")
        case State.ASKED | State.ON:
            return say("nudges.link-on")
        case State.FAILED:
            return say("nudges.link-failed")
        case other:
            assert_never(other)


def note_seen(request: Request) -> None:
    """Remember that this browser showed its chat, where e-mails depend on it."""
    site = _site(request)
    if site.post is not None:
        nudging.note_seen(site.service, request.state.visitor, site.clock())


async def _ask(request: Request, post: Post, typed: str) -> Asked:
    site = _site(request)
    visitor, now = request.state.visitor, site.clock()
    return await nudging.ask(site.service, post, visitor, typed[:_LONGEST_TYPED], now)


async def _show(request: Request, asked: Asked | None = None, *, gone: bool = False) -> Response:
    site = _site(request)
    choice = await nudging.look(site.service, request.state.visitor, site.clock())
    if site.post is None:
        return _not_here()
    if choice is None:
        return go_to("/chat")
    speak = partial(_speak, choice)
    message = _message(choice, asked, gone=gone)
    return show(
        "nudges.html",
        {
            "state": choice.state.value,
            "mail": choice.mail,
            "message": message,
            "wrong": asked is not None,
            "speak": speak,
            "quick_exit": site.quick_exit,
        },
    )


def _message(choice: Choice, asked: Asked | None, *, gone: bool) -> str:
    if gone:
        return _speak(choice, "nudges.taken-away")
    if asked is None or asked is Asked.NOT_FOR_THEM:
        return ""
    return _speak(choice, f"nudges.{asked.value}")


def _speak(choice: Choice, key: str, **values: str) -> str:
    return phrasebook().say(key, choice.voice, **values)


def _show_link(request: Request, state: str, token: str) -> Response:
    site = _site(request)
    values = {"state": state, "token": token, "quick_exit": site.quick_exit}
    return show("nudges_yes.html", values, 404 if state == "gone" else 200)


def _not_here() -> Response:
    return show_trouble("web.error-not-found", 404)


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site

"""How staff and commissioners come in: a code that is handed over once, one button, a cookie."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import signing_in
from web.access import desk_token, read_signed_form, sign_in, sign_out
from web.doors import close_door, read_door_form, show_door
from web.pages import go_to, show
from web.rules import first_page
from web.site import Site

_LONGEST_CODE: Final = 80


def entering_router() -> APIRouter:
    """Return the pages for signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/enter/{code}")
    async def ask(request: Request, code: str) -> Response:
        return show_door(request, "enter.html", {"code": code, "refused": False})

    @router.post("/enter/{code}")
    async def enter(request: Request, code: str) -> Response:
        await read_door_form(request)
        site: Site = request.app.state.site
        entered = await signing_in.enter(
            site.service, code[:_LONGEST_CODE], site.clock(), desk_token(request)
        )
        if entered is None:
            return show_door(request, "enter.html", {"code": code, "refused": True}, 403)
        someone, token = entered
        response = go_to(first_page(someone.role))
        sign_in(response, site, token)
        close_door(response, site)
        return response

    @router.post("/leave")
    async def leave(request: Request) -> Response:
        await read_signed_form(request)
        site: Site = request.app.state.site
        await signing_in.leave(site.service, desk_token(request))
        response = show("left.html")
        sign_out(response, site)
        return response

    return router

"""The page that shows young people what was done about what they and others had said.

It must not say who said anything: titles and words of staff, and nothing else.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import telling_back
from web.pages import show
from web.site import Site


def said_router() -> APIRouter:
    """Return the page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/chat/you-said")
    async def you_said(request: Request) -> Response:
        site: Site = request.app.state.site
        found = await telling_back.said_and_done(site.service, site.clock())
        return show("said.html", {"found": found, "quick_exit": site.quick_exit})

    return router

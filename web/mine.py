"""What we know about whoever looks, as a page of the web chat and as a file to keep.

It shows what the use cases tell; it decides nothing, and nobody else's page opens here.
"""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from surveys.phrasebook import phrasebook
from usecases.own_file import NAME, write_file
from usecases.own_page import OwnPage, page_for_visitor
from web.desk import site_of
from web.pages import go_to, show


def mine_router() -> APIRouter:
    """Return the page and the file."""
    router = APIRouter(include_in_schema=False)

    @router.get("/chat/mine")
    async def mine(request: Request) -> Response:
        page = await _page(request)
        if page is None:
            return go_to("/chat")
        values = {
            "page": page,
            "speak": partial(phrasebook().say, voice=page.voice),
            "quick_exit": site_of(request).quick_exit,
        }
        return show("mine.html", values)

    @router.get("/chat/mine/file")
    async def file(request: Request) -> Response:
        page = await _page(request)
        if page is None:
            return go_to("/chat")
        headers = {"content-disposition": f'attachment; filename="{NAME}"'}
        return Response(write_file(page), media_type="text/html", headers=headers)

    return router


async def _page(request: Request) -> OwnPage | None:
    site = site_of(request)
    return await page_for_visitor(site.service, request.state.visitor, site.clock())

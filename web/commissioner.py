"""The commissioner's pages: one frozen release as sentences, pictures and files; their own only.

Every figure was protected when the release was compiled. Nothing is worked out here.
"""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from outcomes.episode import Audience
from outcomes.formats.labels import PLACES
from outcomes.formats.page import as_rows, flow_rows, group_star
from outcomes.formats.tidy import to_csv
from outcomes.release import Release
from usecases import publishing, signing_in
from web.access import form_key
from web.figures import Drawing, draw, drawings_of
from web.pages import show
from web.site import Site

_NOT_FOUND: Final = 404


def commissioner_router() -> APIRouter:
    """Return the commissioner's pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/commissioner")
    async def newest(request: Request) -> Response:
        listed = await publishing.list_releases(_site(request).service)
        return await _show_release(request, listed[0].id if listed else "")

    @router.get("/commissioner/{release}")
    async def one(request: Request, release: str) -> Response:
        return await _show_release(request, release)

    @router.get("/commissioner/{release}/pictures/{name}")
    async def picture(request: Request, release: str, name: str) -> Response:
        found = await publishing.load_release(_site(request).service, release)
        audience = _audience(request)
        if found is None or name not in [each.value for each in drawings_of(found, audience)]:
            return _show_missing(request)
        svg = await asyncio.to_thread(draw, found, audience, Drawing(name))
        return Response(svg, media_type="image/svg+xml")

    return router


async def _show_release(request: Request, release_id: str) -> Response:
    service = _site(request).service
    listed = await publishing.list_releases(service)
    if not listed:
        return show("no_release.html", _frame(request))
    release = await publishing.load_release(service, release_id)
    if release is None:
        return _show_missing(request)
    return show("commissioner.html", {**_frame(request), **_content(release, _audience(request)),
                                      "listed": listed})  # fmt: skip


def _content(release: Release, audience: Audience) -> dict[str, object]:
    """Return what the page shows of a release to this audience, its own footprint first."""
    rows, flow = as_rows(release, audience), flow_rows(release, audience)
    places = [audience, *(each for each in Audience if each is not audience)]
    return {
        "release": release,
        "parts": [
            (
                PLACES[place].title,
                [row for row in rows if row.footprint is place],
                [row for row in flow if row.footprint is place],
            )
            for place in places
            if any(row.footprint is place for row in rows)
        ],
        "star": group_star(release, audience),
        "drawings": [each.value for each in drawings_of(release, audience)],
        "files": sorted(to_csv(release, audience)),
    }


def _show_missing(request: Request) -> Response:
    return show("no_release.html", _frame(request), _NOT_FOUND)


def _frame(request: Request) -> dict[str, object]:
    audience = _audience(request)
    return {
        "who": request.state.someone.who,
        "key": form_key(request),
        "place": PLACES[audience].title,
    }


def _audience(request: Request) -> Audience:
    """Return whose figures may be shown; the guard has let nobody else in."""
    audience = signing_in.audience_of(request.state.someone)
    assert audience is not None  # noqa: S101 (Rule.COMMISSIONER)
    return audience


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site

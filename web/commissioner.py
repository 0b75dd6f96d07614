"""The commissioner's pages: one frozen release as sentences, pictures and files; their own only.

Every figure was protected when the release was compiled. Nothing is worked out here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from outcomes.episode import Audience
from outcomes.formats.labels import PLACES
from outcomes.pages.report import side_by_side
from outcomes.quarter import Year, parse_period
from storage.releases import ReleaseOnList
from usecases import publishing, signing_in
from web.access import form_key
from web.pages import render, show
from web.shelf import Book, Shelf
from web.site import Site

_NOT_FOUND: Final = 404
_NOT_MODIFIED: Final = 304
_MOST_PRINTED: Final = 36
"""How many measures the first printed page has room for."""
_AT_HAND: Final = 4
"""How many of the newest quarters are a tap away: a year of them."""


def commissioner_router() -> APIRouter:
    """Return the commissioner's pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/commissioner")
    async def newest(request: Request) -> Response:
        listed = await publishing.list_published(_site(request).service)
        return await _show_release(request, listed, _newest(listed))

    @router.get("/commissioner/{release}")
    async def one(request: Request, release: str) -> Response:
        listed = await publishing.list_published(_site(request).service)
        return await _show_release(request, listed, release)

    @router.get("/commissioner/{release}/pictures/{name}")
    async def picture(request: Request, release: str, name: str) -> Response:
        place = _place(request, name.partition(".")[0])
        listed = await publishing.list_published(_site(request).service)
        shelf = _shelf(request)
        book = None if place is None else await shelf.open(listed, release, place)
        drawn = None if book is None else await shelf.draw(book, name)
        if drawn is None:
            return _show_missing(request)
        headers = {"etag": drawn.mark, "cache-control": "private, no-cache"}
        if drawn.mark in request.headers.get("if-none-match", ""):
            return Response(status_code=_NOT_MODIFIED, headers=headers)
        return Response(drawn.body, media_type="image/svg+xml", headers=headers)

    return router


async def _show_release(
    request: Request, listed: Sequence[ReleaseOnList], release_id: str
) -> Response:
    if not listed:
        return show("no_release.html", _frame(request))
    audience = _audience(request)
    place = _place(request, request.query_params.get("place", audience.value))
    book = None if place is None else await _shelf(request).open(listed, release_id, place)
    if book is None:
        return _show_missing(request)
    service = _site(request).service
    content = {
        **_frame(request),
        **_content(book, audience),
        **_periods(listed, release_id),
        "query": "" if place is audience else f"?place={book.report.place.value}",
        "files": [
            (each.name, tell_size(each.size))
            for each in await publishing.files_of(service, release_id, audience)
        ],
    }
    html = await asyncio.to_thread(partial(render, "commissioner.html", **content))
    return Response(html, media_type="text/html; charset=utf-8")


def _content(book: Book, audience: Audience) -> dict[str, object]:
    """Return what the page shows of one footprint."""
    report = book.report
    sees_all = audience is Audience.ICB
    return {
        "report": report,
        "release": report.release,
        "plots": book.plots,
        "printed": report.cards[:_MOST_PRINTED],
        "places": _places(audience),
        "places_side_by_side": [PLACES[each].title for each in Audience],
        "compared": side_by_side(report.release, report.cards) if sees_all else (),
    }


def _periods(listed: Sequence[ReleaseOnList], release_id: str) -> dict[str, object]:
    """Return the other releases to go to: quarters and years, and those that belong together.

    The newest quarters and those of the year on view are at hand, the further ones are folded away.
    """
    periods = {each.id: parse_period(each.period) for each in listed}
    own = periods[release_id]
    years = [each for each in listed if isinstance(periods[each.id], Year)]
    quarters = [each for each in listed if not isinstance(periods[each.id], Year)]
    at_hand = [
        each
        for number, each in enumerate(quarters)
        if number < _AT_HAND or periods[each.id].first_day in Year(own.starts)
    ]
    return {
        "quarters": at_hand,
        "further_quarters": [each for each in quarters if each not in at_hand],
        "years": years,
        "year_of": [
            each
            for each in years
            if not isinstance(own, Year) and own.first_day in periods[each.id]
        ],
        "quarters_of": [
            each
            for each in reversed(quarters)
            if isinstance(own, Year) and periods[each.id].first_day in own
        ],
    }


def tell_size(size: int) -> str:
    """Write the size of a file as a reader says it."""
    return f"{max(1, round(size / 1000))} kB"


def _newest(listed: Sequence[ReleaseOnList]) -> str:
    """Return the newest quarter; a year only where there is no quarter."""
    quarters = [each for each in listed if "-" in each.period]
    return next((each.id for each in (*quarters, *listed)), "")


def _places(audience: Audience) -> list[tuple[str, str]]:
    """Return whose figures an audience may see: its own first."""
    order = [audience, *(each for each in Audience if each is not audience)]
    return [(each.value, PLACES[each].title) for each in order if audience in (each, Audience.ICB)]


def _place(request: Request, name: str) -> Audience | None:
    """Return the footprint that is asked for, or None where it is not for whoever asks."""
    seen = {value for value, _title in _places(_audience(request))}
    return Audience(name) if name in seen else None


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


def _shelf(request: Request) -> Shelf:
    """Return the application's shelf; it begins with the first reader."""
    state = request.app.state
    if not hasattr(state, "shelf"):
        state.shelf = Shelf(_site(request).service)
    shelf: Shelf = state.shelf
    return shelf


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site

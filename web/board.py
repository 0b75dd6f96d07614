"""The staff's board of follow-ups: what is due, late, answered, and who has gone quiet.

It shows what the use cases give and hands on what staff tap; it decides nothing.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from surveys.people import AgeBand
from usecases import inviting, reading
from web import labels
from web.access import form_key
from web.pages import show
from web.site import Site


def board_router() -> APIRouter:
    """Return the board of follow-ups."""
    router = APIRouter(include_in_schema=False)

    @router.get("/staff/followups")
    async def followups(request: Request) -> Response:
        site = _site(request)
        now = site.clock()
        rows = await reading.followups(site.service, now)
        values = {**_frame(request), "rows": rows, "now": now, "people": await _people(site)}
        return show("followups.html", values)

    return router


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def _people(site: Site) -> dict[str, str]:
    known: dict[str, str] = {}
    for each in await inviting.list_episodes(site.service):
        for person in each.people:
            age = "" if person.age_band == AgeBand.ADULT else f" {person.age_band}"
            known.setdefault(
                person.participant_id, f"{each.case}, {labels.name_of(person.role).lower()}{age}"
            )
    return known


def _frame(request: Request) -> dict[str, object]:
    """Return what every staff page shows around its content."""
    return {
        "who": request.state.someone.who,
        "key": form_key(request),
        "here": request.url.path,
        "local": _site(request).service.rhythm.local,
        "name_of": labels.name_of,
    }

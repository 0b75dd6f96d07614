"""What every staff page has around its content: who is signed in, whom they know, the form's mark.

It decides nothing, and shows nobody's name.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from fastapi import Request

from surveys.people import AgeBand
from usecases import overview
from usecases.inviting import By
from usecases.suppressing import Held
from usecases.walls import EVERYTHING, Sight
from web import labels
from web.access import form_key
from web.rules import may_open
from web.site import Site


def site_of(request: Request) -> Site:
    """Return what the pages stand on."""
    site: Site = request.app.state.site
    return site


def by(request: Request) -> By:
    """Return who of the staff does something, when (now), and what they see."""
    return By(request.state.someone.who, site_of(request).clock(), request.state.sight)


def frame(request: Request) -> dict[str, object]:
    """Return what every staff page shows around its content."""
    return {
        "who": request.state.someone.who,
        "key": form_key(request),
        "may_open": partial(may_open, request.state.sight),
        "here": request.url.path,
        "local": site_of(request).service.rhythm.local,
        "name_of": labels.name_of,
        "red_alerts": getattr(request.state, "red_alerts", 0),
    }


def label_of(held: Held) -> str:
    """Return how staff know somebody: by the case and their part, never by name."""
    age = "" if held.age_band == AgeBand.ADULT else f" {held.age_band}"
    return f"{held.case}, {labels.name_of(held.role).lower()}{age}"


async def name_people(
    site: Site, participant_ids: Collection[str], sight: Sight = EVERYTHING
) -> dict[str, str]:
    """Return how staff know these people, by their ids: by part and case, never by name."""
    found = await overview.who_are(site.service, participant_ids, sight)
    return {participant: label_of(held) for participant, held in found.items()}

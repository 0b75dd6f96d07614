"""What every staff page has around its content: who is signed in, whom they know, the form's mark.

It decides nothing, and shows nobody's name.
"""

from __future__ import annotations

from fastapi import Request

from surveys.people import AgeBand
from usecases import inviting
from usecases.inviting import By
from web import labels
from web.access import form_key
from web.site import Site


def site_of(request: Request) -> Site:
    """Return what the pages stand on."""
    site: Site = request.app.state.site
    return site


def by(request: Request) -> By:
    """Return who of the staff does something, and when: now."""
    return By(request.state.someone.who, site_of(request).clock())


def frame(request: Request) -> dict[str, object]:
    """Return what every staff page shows around its content."""
    return {
        "who": request.state.someone.who,
        "key": form_key(request),
        "here": request.url.path,
        "local": site_of(request).service.rhythm.local,
        "name_of": labels.name_of,
    }


async def known_people(site: Site) -> dict[str, str]:
    """Return how staff know the people who answer: by their part and the case, never by name."""
    known: dict[str, str] = {}
    for each in await inviting.list_episodes(site.service):
        for person in each.people:
            age = "" if person.age_band == AgeBand.ADULT else f" {person.age_band}"
            known.setdefault(
                person.participant_id, f"{each.case}, {labels.name_of(person.role).lower()}{age}"
            )
    return known

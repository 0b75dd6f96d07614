"""The auditor's page: who did what and when, and whether all of it still stands as it was written.

It changes nothing and opens nobody's words: a line holds names of staff, fixed words and ids.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from storage.audit import Wanted
from usecases import auditing
from usecases.auditing import Verified
from usecases.refusal import Refusal
from web.desk import frame, site_of
from web.pages import show

_PAGE = "/staff/audit"
_MOST = 100
_LONGEST = 100


def audit_router() -> APIRouter:
    """Return the page."""
    router = APIRouter(include_in_schema=False)

    @router.get(_PAGE)
    async def lines(request: Request) -> Response:
        service = site_of(request).service
        asked = request.query_params
        found = await auditing.list_lines(service, _wanted(asked))
        verified, refused = await _prove(request) if asked.get("prove") == "yes" else (None, None)
        values = {
            **frame(request),
            "asked": {name: asked.get(name, "")[:_LONGEST] for name in _NAMES},
            "lines": found,
            "older": found[-1].id if len(found) == _MOST else None,
            "names": await auditing.list_names(service),
            "verified": verified,
            "refused": refused,
            "tell": auditing.tell,
        }
        return show("audit.html", values)

    return router


_NAMES = ("who", "did", "target", "since", "until")


async def _prove(request: Request) -> tuple[Verified | None, str | None]:
    """Walk along the whole audit; return what was found, or why the heads cannot be compared."""
    site = site_of(request)
    try:
        anchors = await asyncio.to_thread(site.audit_heads)
    except Refusal as refused:
        return None, str(refused)
    except OSError:
        return None, "The heads outside the database cannot be read."
    return await auditing.verify(site.service, anchors, site.clock()), None


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """Return which lines are asked for; what makes no sense narrows nothing."""
    until = _day(asked.get("until", ""))
    return Wanted(
        who=_text(asked, "who"),
        did=_text(asked, "did"),
        target=_text(asked, "target"),
        since=_day(asked.get("since", "")),
        until=until + timedelta(days=1) if until is not None else None,
        below=_number(asked.get("below", "")),
        most=_MOST,
    )


def _text(asked: Mapping[str, str], name: str) -> str | None:
    return asked.get(name, "").replace("\0", "").strip()[:_LONGEST] or None


def _day(written: str) -> datetime | None:
    try:
        day = date.fromisoformat(written)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        return None


def _number(written: str) -> int | None:
    """Return a number that a line may have, or None."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None  # noqa: PLR2004 - 63 bits

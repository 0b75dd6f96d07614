"""The staff page of published indicators: every quarter, how it is rated, and what was imported.

It shows what the use cases give; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from outcomes.indicators import RULE, Better, Rag
from outcomes.quarter import Quarter
from usecases import indicators
from web.desk import frame, site_of
from web.pages import show

RAGS: Final[Mapping[Rag, str]] = MappingProxyType(
    {
        Rag.GREEN: "Green",
        Rag.AMBER: "Amber",
        Rag.RED: "Red",
        Rag.NOT_RATED: "Not rated",
    }
)

WAYS: Final[Mapping[Better, str]] = MappingProxyType(
    {
        Better.HIGHER: "higher is better",
        Better.LOWER: "lower is better",
        Better.NEITHER: "neither way is better, so it is not rated",
    }
)


def indicators_router() -> APIRouter:
    """Return the page of published indicators."""
    router = APIRouter(include_in_schema=False)

    @router.get("/staff/indicators")
    async def show_indicators(request: Request) -> Response:
        site = site_of(request)
        quarter = Quarter.containing(site.service.rhythm.local(site.clock()).date())
        values = {
            **frame(request),
            "indicators": await indicators.up_to(site.service, quarter),
            "imports": await indicators.past_imports(site.service),
            "year": str(quarter).partition("-")[0],
            "rule": RULE.in_words,
            "rags": RAGS,
            "ways": WAYS,
        }
        return show("indicators.html", values)

    return router

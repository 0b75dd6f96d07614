"""Tells whether the process is up, whether it can serve, and how much of everything there is."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from usecases import alerting_desk, reading, sweeping
from web.ports import Check
from web.site import Site

PATIENCE: Final = 3.0
"""Seconds that one check may take."""

_log = logging.getLogger(__name__)


def health_router() -> APIRouter:
    """Return the pages for monitors."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "up"})

    @router.get("/readyz")
    async def readyz(request: Request) -> JSONResponse:
        site: Site = request.app.state.site
        answers = await asyncio.gather(*map(_ask, site.checks.values()))
        told = {
            name: "ok" if well else "no" for name, well in zip(site.checks, answers, strict=True)
        }
        ready = all(answers)
        body = {"status": "ready" if ready else "not ready", "checks": told}
        return JSONResponse(body, 200 if ready else 503)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        site: Site = request.app.state.site
        now = site.clock()
        counts = await reading.counts(site.service, now)
        request.app.state.metrics.note_sweep(await sweeping.newest(site.service), now)
        counted = await alerting_desk.count(site.service, now)
        unreached = len(alerting_desk.unreached(site.service))
        request.app.state.metrics.note_alerts(counted, unreached)
        body = request.app.state.metrics.write(counts)
        return Response(body, headers={"content-type": CONTENT_TYPE_LATEST})

    return router


async def _ask(check: Check) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is no
        _log.warning("a check failed: %s", type(error).__name__)
        return False

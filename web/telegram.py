"""Takes Telegram's own calls: proves that they are Telegram's, and confirms only what is stored."""

from __future__ import annotations

import hmac
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.forms import LARGEST_CALL, BodyTooLarge, read_body
from web.site import Site

SECRET_HEADER: Final = b"x-telegram-bot-api-secret-token"


def telegram_router() -> APIRouter:
    """Return the page that Telegram calls."""
    router = APIRouter(include_in_schema=False)

    @router.post("/telegram/webhook")
    async def webhook(request: Request) -> Response:
        site: Site = request.app.state.site
        if site.webhook is None:
            return Response(status_code=404)
        given = [value for name, value in request.headers.raw if name.lower() == SECRET_HEADER]
        if not given:
            return Response(status_code=401)
        if len(given) > 1 or not hmac.compare_digest(given[0], site.webhook.secret.encode()):
            return Response(status_code=403)
        try:
            body = await read_body(request, LARGEST_CALL)
        except BodyTooLarge:
            return Response(status_code=413)
        stored = await site.webhook.take(body)
        return Response(status_code=200 if stored else 503)

    return router

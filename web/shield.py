"""Stands around every request: headers that keep browsers strict, a log line without secrets.

It must not look into what is sent, and lets no error's words out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.metrics import Metrics
from web.pages import show_trouble
from web.problems import API, problem

_log = logging.getLogger(__name__)

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from anywhere else, nothing inline, in nobody's frame."""

_HEADERS: Final = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Tells nobody else where somebody comes from, and lets browsers say that a form is ours: with
    # "no-referrer" the origin of our own forms is "null" (Fetch, 3.3, "append an Origin header").
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-robots-tag": "noindex, nofollow",
}
_ONLY_SECURE: Final = ("strict-transport-security", "max-age=31536000")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_FETCHES: Final = frozenset({"same-origin", "none"})
_WEBHOOK: Final = "/telegram/webhook"


class Shield:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, public_url: str) -> None:
        """Wrap an application; `public_url` is where people reach it."""
        self._app = app
        self._metrics = metrics
        public = urlsplit(public_url)
        self._origin = f"{public.scheme}://{public.netloc}"
        self._secure = public.scheme == "https"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        statuses: list[int] = []

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                self._be_strict(MutableHeaders(scope=message))
            await send(message)

        await self._serve(scope, receive, send_strictly, statuses)
        self._note(scope, statuses[0] if statuses else 0, loop.time() - began)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, statuses: Iterable[int]
    ) -> None:
        """Hand the request on; an error nobody foresaw becomes a kind page without its words."""
        if not self._comes_from_us(scope):
            await _tell(scope, "web.error-old-page", 403)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            _log.debug("a browser went away")
        except Exception as error:  # noqa: BLE001 - its words may hold anything
            _log.error("a page failed: %s in %s", type(error).__name__, _template(scope))
            if not any(statuses):
                await _tell(scope, "web.error", 500)(scope, receive, send)

    def _comes_from_us(self, scope: Scope) -> bool:
        """Tell whether a form comes from a page of ours, as far as the browser says.

        Cookies are not sent along with other sites' forms anyway; this also guards the pages
        where somebody comes in, who has no cookie yet.
        """
        if scope["method"] in _SAFE or scope["path"] == _WEBHOOK:
            return True
        headers = Headers(scope=scope)
        fetched = headers.get("sec-fetch-site")
        if fetched is not None:
            return fetched in _OWN_FETCHES
        # Programs, and browsers older than both headers, say nothing; "null" says: from elsewhere.
        origin = headers.get("origin", headers.get("referer"))
        if origin is None:
            return True
        return self._is_ours(origin, headers.get("host", ""))

    def _is_ours(self, whence: str, host: str) -> bool:
        """Tell whether an origin, or the address of a page, is here; "null" is nowhere."""
        try:
            parts = urlsplit(whence)
        except ValueError:
            return False
        return f"{parts.scheme}://{parts.netloc}" == self._origin or (parts.netloc or None) == host

    def _be_strict(self, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")
        if self._secure:
            headers.setdefault(*_ONLY_SECURE)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        template = _template(scope)
        self._metrics.count_request(scope["method"], template, status)
        _log.info("%s %s %d %.0f ms", scope["method"], template, status, seconds * 1000)


def _tell(scope: Scope, key: str, status: int) -> Response:
    """Say what did not work, as a page or as programs read it."""
    return problem(status) if scope["path"].startswith(API) else show_trouble(key, status)


def _template(scope: Scope) -> str:
    """Return the route and not the path, which may hold a code."""
    return getattr(scope.get("route"), "path", "-")

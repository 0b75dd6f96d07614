"""Serves our own style, script and marks: a fixed list, read once, nothing from elsewhere.

Colours are written here from pictures.palette, so that pages and pictures never differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pictures import palette
from web.pages import show_trouble

_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_LASTS: Final = "no-cache"  # a browser asks whether it is still the same, and mostly it is
_COLOURS: Final = (
    "INK", "QUIET", "PAPER", "CARD", "SAND", "LINE", "GOLD", "GOLD_PALE", "GOLD_DEEP",
    "BLUE", "BLUE_PALE", "GREEN", "GREEN_PALE", "RED", "RED_PALE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served: its bytes, its kind and a mark of its content."""

    body: bytes
    kind: str
    mark: str


def load_assets() -> Mapping[str, Asset]:
    """Return all files of web/static by name, and the colours as a style sheet."""
    texts = {
        each.name: each.read_bytes()
        for each in files("web").joinpath("static").iterdir()
        if each.name.rpartition(".")[2] in _KINDS
    }
    texts["palette.css"] = _write_palette()
    return {name: _asset(name, body) for name, body in texts.items()}


def _write_palette() -> bytes:
    lines = (f"--{name.lower().replace('_', '-')}:{getattr(palette, name)};" for name in _COLOURS)
    return f":root{{{''.join(lines)}}}\n".encode()


def _asset(name: str, body: bytes) -> Asset:
    kind = _KINDS[name.rpartition(".")[2]]
    return Asset(body, kind, f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def asset_router() -> APIRouter:
    """Return the pages' own files."""
    router = APIRouter(include_in_schema=False)
    assets = load_assets()

    @router.get("/static/{name}")
    async def static(request: Request, name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            return show_trouble("web.error-not-found", 404)
        headers = {"etag": asset.mark, "cache-control": _LASTS}
        if request.headers.get("if-none-match") == asset.mark:
            return Response(status_code=304, headers=headers)
        return Response(asset.body, headers={**headers, "content-type": asset.kind})

    @router.get("/favicon.ico")
    async def favicon(request: Request) -> Response:
        return await static(request, "mark.svg")

    return router

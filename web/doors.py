"""The forms by which somebody comes in who is nobody yet: their mark, bound to this browser.

A page with such a form sets a cookie, and the form carries a mark that is worked out from it. So
nobody elsewhere can prepare a form that signs somebody in as another. It must not know accounts.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web.access import DESK_LASTS, FormIsOld
from web.forms import read_form
from web.pages import show
from web.site import Site

_SECRET_BYTES: Final = 32
_LENGTH: Final = 2 * _SECRET_BYTES


def show_door(
    request: Request, template: str, values: Mapping[str, object], status: int = 200
) -> Response:
    """Return a page whose forms carry the mark `key`, and let the browser keep what it is from."""
    site: Site = request.app.state.site
    secret = _secret_of(request, site) or site.entropy(_SECRET_BYTES).hex()
    response = show(template, {**values, "key": _mark_of(secret)}, status)
    response.set_cookie(
        _name(site),
        secret,
        max_age=DESK_LASTS,
        path="/",
        secure=site.is_secure,
        httponly=True,
        samesite="strict",
    )
    return response


async def read_door_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form that our own page showed in this browser.

    Raises FormIsOld, or BadRequestBody.
    """
    form = await read_form(request)
    secret = _secret_of(request, request.app.state.site)
    right = bool(secret) and hmac.compare_digest(
        form.get("key", "").encode(), _mark_of(secret).encode()
    )
    if not right:
        raise FormIsOld
    return form


def close_door(response: Response, site: Site) -> None:
    """Forget the mark: whoever came in has marks of their own."""
    response.delete_cookie(
        _name(site), path="/", secure=site.is_secure, httponly=True, samesite="strict"
    )


def _secret_of(request: Request, site: Site) -> str:
    """Return what the browser keeps, empty where it is not as we make it."""
    value = request.cookies.get(_name(site), "")
    return value if len(value) == _LENGTH and value.isascii() and value.isalnum() else ""


def _name(site: Site) -> str:
    """Return the cookie's name: over https one that no other host can set."""
    return "__Host-door" if site.is_secure else "door"


def _mark_of(secret: str) -> str:
    return hashlib.blake2b(secret.encode(), digest_size=16, person=b"starling-door").hexdigest()

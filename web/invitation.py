"""The page that hands over an invitation: link, picture to scan, code to type; shown once."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import segno
from fastapi.responses import Response
from markupsafe import Markup

from usecases.inviting import Invited
from web.pages import show
from web.site import Site

_MODULE: Final = 6  # pixels of one square: 1 cm on paper are about 6 squares of it


def show_invitation(site: Site, invited: Invited, frame: Mapping[str, object]) -> Response:
    """Return the page. The code is stored nowhere, so it can not be shown again."""
    ends = site.service.rhythm.local(invited.expires_at)
    values = {
        **frame,
        "invited": invited,
        "address": f"{site.service.public_url.partition('://')[2]}/join",
        "until": f"{ends:%A} {ends.day} {ends:%B}",
        "web_picture": draw_code(invited.web),
        "telegram_picture": draw_code(invited.telegram) if invited.telegram else None,
    }
    return show("invitation.html", values)


def draw_code(address: str) -> Markup:
    """Return a QR code as SVG of our own making: plain shapes, nothing inline that runs."""
    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer, kind="svg", scale=_MODULE, xmldecl=False, svgns=True, nl=False, omitsize=False,
        svgclass="code", lineclass=None,
    )  # fmt: skip
    return Markup(buffer.getvalue().decode())  # noqa: S704 - segno wrote it, from an address of ours

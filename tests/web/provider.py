"""An organisation's sign-in on this machine: speaks OpenID Connect over real HTTP, made-up people.

It signs what it is told to, also what no honest organisation would.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.web.stage import free_port, serving

CLIENT_ID = "made-up-client"
CLIENT_SECRET = "made-up-client-secret"

_KEY = RSAKey.generate_key(2048, parameters={"kid": "made-up-1"}, private=True)
_OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "made-up-1"}, private=True)


@dataclass
class Provider:
    """What it says of whoever comes; tests change any of it."""

    issuer: str
    now: datetime
    claims: dict[str, Any] = field(default_factory=dict)
    alg: str = "RS256"
    forged: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    is_down: bool = False
    described_as: str = ""

    def answer(self, nonce: str) -> str:
        """Return the signed answer about whoever came."""
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "person-1",
            "iat": int(self.now.timestamp()),
            "exp": int((self.now + timedelta(minutes=5)).timestamp()),
            "nonce": nonce,
            "amr": ["pwd", "mfa"],
            "preferred_username": "A.Worker@made-up.example",
            "groups": ["carers-team"],
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        if self.alg == "none":
            head = {"alg": "none", "typ": "JWT"}
            return ".".join([_encode(head), _encode(kept), ""])
        key = _OTHER_KEY if self.forged else _KEY
        return jwt.encode({"alg": self.alg, "kid": "made-up-1"}, kept, key)


@asynccontextmanager
async def provider(now: datetime) -> AsyncIterator[Provider]:
    """Let an organisation's sign-in run for as long as the block lasts."""
    port = free_port()
    made = Provider(f"http://127.0.0.1:{port}", now)
    async with serving(_app(made), port):
        yield made


def _app(made: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def describe() -> Response:
        if made.is_down:
            return Response(status_code=503)
        return JSONResponse(
            {
                "issuer": made.described_as or made.issuer,
                "authorization_endpoint": f"{made.issuer}/authorize",
                "token_endpoint": f"{made.issuer}/token",
                "jwks_uri": f"{made.issuer}/keys",
            }
        )

    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        made.asked.append(asked)
        code = f"made-up-code-{len(made.asked)}"
        made.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 303)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = {name: each[0] for name, each in parse_qs((await request.body()).decode()).items()}
        asked = made.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("client_secret") != CLIENT_SECRET:
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = made.answer(asked["nonce"])
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": answer})

    @app.get("/keys")
    async def keys() -> Response:
        return JSONResponse({"keys": [_KEY.as_dict(private=False)]})

    return app


def _encode(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def path_of(address: str) -> str:
    """Return path and query of an address, for a browser that stands on another host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"

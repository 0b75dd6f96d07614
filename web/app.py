"""Puts the pages together into one application; holds no state of its own."""

from __future__ import annotations

from typing import Final

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from storage.errors import DatabaseAway
from web.access import FormIsOld, NotThere, Rule, TurnedAway, guard
from web.accounts import accounts_router
from web.alerts import alerts_router, count_alerts
from web.api import api_router, description_router
from web.api_episodes import api_episodes_router
from web.assets import asset_router
from web.audit import audit_router
from web.board import board_router
from web.chat import TooFast, chat_router
from web.commissioner import commissioner_router
from web.contract import contract_router
from web.entering import entering_router
from web.forms import BadRequestBody, BodyTooLarge
from web.glimpses import glimpses_router
from web.health import health_router
from web.indicators import indicators_router
from web.joining import joining_router
from web.metrics import Metrics
from web.mine import mine_router
from web.nudges import nudges_router
from web.outbox import outbox_router
from web.pages import go_to, say, show, show_trouble, wants_json
from web.people import people_router
from web.problems import API, problem, problem_of_fields
from web.releases import releases_router
from web.rights import rights_router
from web.rights_person import person_rights_router
from web.said import said_router
from web.setting_up import setting_up_router
from web.shield import Shield
from web.sign_in import sign_in_router
from web.sign_in_outside import outside_router
from web.site import Site
from web.staff import staff_router
from web.telegram import telegram_router
from web.themes import themes_router
from web.waiting import waiting_router

_RETRY: Final = {"retry-after": "2"}


def create_app(site: Site) -> FastAPI:
    """Return the application for a site; every call makes one of its own."""
    app = FastAPI(
        title="Starling",
        description="Anonymous figures about emotional wellbeing support for children in care.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(guard), Depends(count_alerts)],
    )
    app.state.site = site
    app.state.metrics = Metrics()
    for router in (
        asset_router(),
        joining_router(),
        chat_router(),
        nudges_router(),
        said_router(),
        mine_router(),
        entering_router(),
        sign_in_router(),
        outside_router(),
        setting_up_router(),
        accounts_router(),
        glimpses_router(),
        staff_router(),
        waiting_router(),
        alerts_router(),
        themes_router(),
        indicators_router(),
        people_router(),
        rights_router(),
        person_rights_router(),
        contract_router(),
        outbox_router(),
        audit_router(),
        board_router(),
        commissioner_router(),
        releases_router(),
        api_router(),
        description_router(),
        api_episodes_router(),
        telegram_router(),
        health_router(),
    ):
        app.include_router(router)
    app.add_exception_handler(TurnedAway, _turn_away)
    app.add_exception_handler(NotThere, _say_not_there)
    app.add_exception_handler(FormIsOld, _say_old)
    app.add_exception_handler(TooFast, _say_too_fast)
    app.add_exception_handler(BadRequestBody, _say_unreadable)
    app.add_exception_handler(DatabaseAway, _say_away)
    app.add_exception_handler(HTTPException, _say_odd)
    app.add_exception_handler(RequestValidationError, _say_not_found)
    app.add_middleware(Shield, metrics=app.state.metrics, public_url=site.service.public_url)
    return app


def _tell(request: Request, key: str, status: int) -> Response:
    """Say kindly what did not work, in the form that whoever asks can read."""
    if request.url.path.startswith(API):
        return problem(status)
    if wants_json(request):
        return JSONResponse({"message": say(key)}, status)
    return show_trouble(key, status)


async def _turn_away(request: Request, error: Exception) -> Response:
    assert isinstance(error, TurnedAway)  # noqa: S101 (registered for this alone)
    if request.url.path.startswith(API):
        answer = problem(403 if error.known else 401)
        answer.headers["www-authenticate"] = "Bearer"
        return answer
    if error.rule is Rule.VISITOR:
        if wants_json(request):
            return JSONResponse({"message": say("web.error-not-known")}, 401)
        return go_to("/join")
    return show("turned_away.html", status=401)


async def _say_not_there(request: Request, error: Exception) -> Response:
    del error
    return _tell(request, "web.error-not-found", 404)


async def _say_old(request: Request, error: Exception) -> Response:
    del error
    return _tell(request, "web.error-old-page", 403)


async def _say_too_fast(request: Request, error: Exception) -> Response:
    del error
    return _tell(request, "web.error-too-fast", 429)


async def _say_unreadable(request: Request, error: Exception) -> Response:
    if isinstance(error, BodyTooLarge):
        return _tell(request, "web.write-too-long", 413)
    return _tell(request, "web.error-unreadable", 400)


async def _say_away(request: Request, error: Exception) -> Response:
    del error
    answer = _tell(request, "web.error-busy", 503)
    answer.headers.update(_RETRY)
    return answer


async def _say_odd(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this alone)
    answer = _tell(request, "web.error-not-found", error.status_code)
    answer.headers.update(error.headers or {})  # such as what else can be done here
    return answer


async def _say_not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this alone)
    if request.url.path.startswith(API):
        return problem_of_fields(error)
    return _tell(request, "web.error-not-found", 404)

"""A staff page for one support episode: what the contract asks for, and what was given freely.

It shows what the use cases give and hands on what staff enter; it decides nothing. Nobody who
answers ever sees it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from outcomes.measures.characteristics import TITLES, VALUE_TITLES, VALUES, Characteristic
from usecases import characteristics, contract_desk, contract_facts, sdq_totals
from usecases.characteristics import Change, GivenBy
from usecases.contract_facts import Fact, FactsRefused, Noted
from usecases.refusal import Refusal
from usecases.sdq_totals import Field, Informant, Total, TotalRefused
from web.access import read_signed_form
from web.desk import by, frame, site_of
from web.labels import CHILD_AGES, pick, read_child_age
from web.pages import go_to, show

_NOBODY: Final = 404
_NO_DATE: Final = "Give the day as day, month and year."
_NO_NUMBER: Final = "Write a whole number in digits, such as 2."
_CHOOSE: Final = "Choose one."
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,3}", re.ASCII)

YES_NO: Final = [("yes", "Yes"), ("no", "No")]
INFORMANTS: Final = [
    (Informant.PARENT.value, "Parent or carer"),
    (Informant.TEACHER.value, "Teacher"),
    (Informant.SELF.value, "The young person"),
]
GIVERS: Final = [
    (GivenBy.PERSON.value, "The young person"),
    (GivenBy.WORKER.value, "Their worker"),
]
_SAYINGS: Final[Mapping[str, str]] = {
    "facts": "Noted for the contract.",
    "given": "What was given is noted.",
    "total": "The total is noted.",
    "out": "The total is taken out.",
}


@dataclass(slots=True)
class _Wrong:
    """What was entered in one form and is not right: by field, and for the form as a whole."""

    form: str
    entered: Mapping[str, str]
    fields: dict[str, str] = field(default_factory=dict)
    whole: str = ""

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.fields or self.whole)


def contract_router() -> APIRouter:
    """Return the page and its forms."""
    router = APIRouter(include_in_schema=False)
    _add_facts(router)
    _add_given(router)
    _add_totals(router)
    return router


def _add_facts(router: APIRouter) -> None:
    @router.get("/staff/contract/{episode}")
    async def page(request: Request, episode: str) -> Response:
        return await _show(request, episode)

    @router.post("/staff/contract/{episode}/facts")
    async def note_facts(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        wrong = _Wrong("facts", form)
        entered = _read_facts(form, wrong)
        if wrong:
            return await _show(request, episode, wrong)
        try:
            await contract_facts.note(
                site_of(request).service, episode, lambda _: entered, by(request)
            )
        except FactsRefused as refused:
            wrong.fields = {each.fact.value: str(each) for each in refused.wrong}
            return await _show(request, episode, wrong)
        except Refusal as refusal:
            raise HTTPException(_NOBODY) from refusal
        return _go_back(episode, "facts")


def _add_given(router: APIRouter) -> None:
    @router.post("/staff/contract/{episode}/given")
    async def note_given(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        values = {each: form.get(each.value) or None for each in Characteristic}
        change = Change(values, pick(GivenBy, form.get("given_by", "")))
        try:
            await characteristics.note(site_of(request).service, episode, change, by(request))
        except Refusal as refusal:
            return await _show(request, episode, _Wrong("given", form, whole=str(refusal)))
        return _go_back(episode, "given")


def _add_totals(router: APIRouter) -> None:
    @router.post("/staff/contract/{episode}/totals")
    async def note_total(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        wrong = _Wrong("total", form)
        total = _read_total(form, wrong)
        if total is None:
            return await _show(request, episode, wrong)
        try:
            await sdq_totals.note(site_of(request).service, episode, total, by(request))
        except TotalRefused as refused:
            wrong.fields = {each.field.value: str(each) for each in refused.wrong}
            return await _show(request, episode, wrong)
        except Refusal as refusal:
            raise HTTPException(_NOBODY) from refusal
        return _go_back(episode, "total")

    @router.post("/staff/contract/{episode}/totals/{total}/out")
    async def take_out(request: Request, episode: str, total: str) -> Response:
        form = await read_signed_form(request)
        try:
            await sdq_totals.take_out(site_of(request).service, episode, total, by(request))
        except Refusal as refusal:
            return await _show(request, episode, _Wrong("total", form, whole=str(refusal)))
        return _go_back(episode, "out")


# --- showing --------------------------------------------------------------------------------------


async def _show(request: Request, episode: str, wrong: _Wrong | None = None) -> Response:
    """Show the page, and beside a form what was wrong with it."""
    site = site_of(request)
    try:
        seen = await contract_desk.see(site.service, episode)
    except Refusal as refusal:
        raise HTTPException(_NOBODY) from refusal
    values = {
        **frame(request),
        "seen": seen,
        "facts": _facts_in_form(seen.noted),
        "given": {what.value: given for what, given in seen.given.items()},
        "wrong": wrong,
        "said": _SAYINGS.get(request.query_params.get("done", ""), ""),
        "today": site.service.rhythm.local(site.clock()).date().isoformat(),
        "ages": CHILD_AGES,
        "yes_no": YES_NO,
        "informants": INFORMANTS,
        "givers": GIVERS,
        "characteristics": _choices(),
    }
    return show("contract.html", values, 422 if wrong else 200)


def _choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return name, title and values of every characteristic, for lists to choose from."""
    return [
        (each.value, TITLES[each], [(value, VALUE_TITLES[each][value]) for value in VALUES[each]])
        for each in Characteristic
    ]


def _facts_in_form(noted: Noted) -> dict[str, str]:
    """Return what is noted as the fields of the form hold it."""
    return {fact.value: contract_facts.in_words(getattr(noted, fact)) or "" for fact in Fact}


def _go_back(episode: str, done: str) -> Response:
    return go_to(f"/staff/contract/{episode}?done={done}")


# --- reading --------------------------------------------------------------------------------------


def _read_facts(form: Mapping[str, str], wrong: _Wrong) -> Noted:
    return Noted(
        child_age=read_child_age(form),
        unplanned_moves=_number(form, Fact.UNPLANNED_MOVES, wrong),
        away_at_start=_yes_or_no(form, Fact.AWAY_AT_START),
        away_at_end=_yes_or_no(form, Fact.AWAY_AT_END),
        plan_on=_day(form, Fact.PLAN_ON, wrong),
        disengaged_on=_day(form, Fact.DISENGAGED_ON, wrong),
        back_on=_day(form, Fact.BACK_ON, wrong),
    )


def _read_total(form: Mapping[str, str], wrong: _Wrong) -> Total | None:
    """Return what was entered of one total; None where something is not right or missing."""
    informant = pick(Informant, form.get(Field.INFORMANT, ""))
    day, total = _day(form, Field.DAY, wrong), _number(form, Field.TOTAL, wrong)
    if informant is None:
        wrong.fields[Field.INFORMANT.value] = _CHOOSE
    if day is None:
        wrong.fields[Field.DAY.value] = _NO_DATE
    if total is None:
        wrong.fields[Field.TOTAL.value] = _NO_NUMBER
    if informant is None or day is None or total is None:
        return None
    return Total(informant, day, total)


def _number(form: Mapping[str, str], name: str, wrong: _Wrong) -> int | None:
    written = form.get(name, "").strip()
    if written and not _NUMBER.fullmatch(written):
        wrong.fields[str(name)] = _NO_NUMBER
        return None
    return int(written) if written else None


def _day(form: Mapping[str, str], name: str, wrong: _Wrong) -> date | None:
    written = form.get(name, "").strip()
    if not written:
        return None
    try:
        if _ISO_DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    wrong.fields[str(name)] = _NO_DATE
    return None


def _yes_or_no(form: Mapping[str, str], name: str) -> bool | None:
    return {"yes": True, "no": False}.get(form.get(name, ""))

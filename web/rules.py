"""Who may open which page, as one table; what is not in it is for nobody.

It looks at nobody and at no request: web.access does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from usecases.walls import CASEWORK, LEADS, SEE_EVERYBODY, Sight, StaffRole, Thing, roles_of


class Rule(StrEnum):
    """Who may open a page."""

    ANYONE = "anyone"
    VISITOR = "visitor"
    """A browser that came in by an invitation."""
    STAFF = "staff"
    """Somebody of the staff who works with people: the same as CASE_PAGES, which says so better."""
    COMMISSIONER = "commissioner"
    SIGNED_IN = "signed-in"
    """Staff, a commissioner or a program of theirs; each is shown no more than their own pages."""
    TELEGRAM = "telegram"
    """Whoever knows the webhook's secret: the page itself checks it."""
    CASE_SYSTEM = "case-system"
    """A program with a key of its own; no cookie opens this."""
    MONITOR = "monitor"
    """A program that watches the service, with a key of its own."""


@dataclass(frozen=True, slots=True)
class StaffPage:
    """Which roles of the staff may look at a page, and which may send its forms.

    Whoever sees only a caseload finds only what is in it: every part of an address that names a
    thing must be one of WALLED or of NOBODYS, or the page is not there for them. A page
    `for_others` is not there for whoever looks after the child, or did: they may be the one meant.
    """

    see: frozenset[StaffRole]
    do: frozenset[StaffRole]
    for_others: bool = False


_LEAD: Final = StaffRole.SAFEGUARDING_LEAD
_FIGURES: Final = frozenset({StaffRole.ANALYST, _LEAD})

CASE_PAGES: Final = StaffPage(CASEWORK, CASEWORK)
"""Pages about children and those around them."""
SAFETY_PAGES: Final = StaffPage(SEE_EVERYBODY, SEE_EVERYBODY)
"""Pages about everybody alike, such as messages that were set aside."""
DECIDING_PAGES: Final = StaffPage(SEE_EVERYBODY, SEE_EVERYBODY, for_others=True)
"""What decides about somebody's record or chat."""
WHOLE_RECORD: Final = StaffPage(LEADS, LEADS, for_others=True)
"""Everything about one person, what they accuse others of as well."""
LEAD_PAGES: Final = StaffPage(frozenset({_LEAD}), frozenset({_LEAD}))
"""What only the safeguarding lead decides."""
THEME_PAGES: Final = StaffPage(CASEWORK | {StaffRole.ANALYST}, CASEWORK)
FIGURE_PAGES: Final = StaffPage(_FIGURES, _FIGURES)
"""Figures about everybody together, and releases."""
AUDIT_PAGES: Final = StaffPage(frozenset({StaffRole.AUDITOR}), frozenset())
ACCOUNT_PAGES: Final = StaffPage(
    frozenset({StaffRole.ADMINISTRATOR}), frozenset({StaffRole.ADMINISTRATOR})
)
WORKER_PAGES: Final = StaffPage(frozenset({StaffRole.WORKER}), frozenset({StaffRole.WORKER}))
"""What somebody needs who sees a caseload only."""
ALL_STAFF: Final = StaffPage(frozenset(StaffRole), frozenset(StaffRole))
"""What concerns nobody but whoever looks at it."""

WALLED: Final[Mapping[str, Thing]] = {thing.value: thing for thing in Thing}
"""Parts of addresses that name something behind a wall, by name."""

NOBODYS: Final = frozenset(
    {"release", "theme", "reply", "quarter", "name", "total", "account", "chat", "hold"}
)
"""Parts of addresses that name what belongs to no child, or stands with another part that does."""

RULES: Final[Mapping[str, Rule | StaffPage]] = {
    "/": Rule.ANYONE,
    "/join": Rule.ANYONE,
    "/join/{code}": Rule.ANYONE,
    "/help": Rule.ANYONE,
    "/who-sees": Rule.ANYONE,
    "/mail/{token}": Rule.ANYONE,
    "/static/{name}": Rule.ANYONE,
    "/favicon.ico": Rule.ANYONE,
    "/enter/{code}": Rule.ANYONE,
    "/leave": Rule.ANYONE,
    "/sign-in": Rule.ANYONE,
    "/sign-in/organisation": Rule.ANYONE,
    "/sign-in/back": Rule.ANYONE,
    "/account/{code}": Rule.ANYONE,
    "/account/{code}/confirm": Rule.ANYONE,
    "/staff/me": ALL_STAFF,
    "/staff/me/out": ALL_STAFF,
    "/staff/open": WORKER_PAGES,
    "/staff/opened": AUDIT_PAGES,
    "/staff/audit": AUDIT_PAGES,
    "/staff/accounts": ACCOUNT_PAGES,
    "/staff/accounts/{account}/reset": ACCOUNT_PAGES,
    "/staff/accounts/{account}/roles": ACCOUNT_PAGES,
    "/staff/accounts/{account}/end": ACCOUNT_PAGES,
    "/healthz": Rule.ANYONE,
    "/readyz": Rule.ANYONE,
    "/metrics": Rule.MONITOR,
    "/api/v1/openapi.json": Rule.ANYONE,
    "/telegram/webhook": Rule.TELEGRAM,
    "/chat": Rule.VISITOR,
    "/chat/say": Rule.VISITOR,
    "/chat/tap": Rule.VISITOR,
    "/chat/news": Rule.VISITOR,
    "/chat/picture/{run}": Rule.VISITOR,
    "/chat/you-said": Rule.VISITOR,
    "/chat/mine": Rule.VISITOR,
    "/chat/mine/file": Rule.VISITOR,
    "/chat/nudges": Rule.VISITOR,
    "/chat/nudges/off": Rule.VISITOR,
    "/staff": CASE_PAGES,
    "/staff/episodes": CASE_PAGES,
    "/staff/episodes/{episode}/close": CASE_PAGES,
    "/staff/episodes/{episode}/invite": CASE_PAGES,
    "/staff/episodes/{episode}/reopen": CASE_PAGES,
    "/staff/episodes/{episode}/change": CASE_PAGES,
    "/staff/episodes/{episode}/leave/{participant}": CASE_PAGES,
    "/staff/episodes/{episode}/rejoin/{participant}": CASE_PAGES,
    "/staff/contract/{episode}": CASE_PAGES,
    "/staff/contract/{episode}/facts": CASE_PAGES,
    "/staff/contract/{episode}/given": CASE_PAGES,
    "/staff/contract/{episode}/totals": CASE_PAGES,
    "/staff/contract/{episode}/totals/{total}/out": CASE_PAGES,
    "/staff/find": CASE_PAGES,
    "/staff/people/{participant}": CASE_PAGES,
    "/staff/people/{participant}/hold": CASE_PAGES,
    "/staff/people/{participant}/rights": CASE_PAGES,
    "/staff/people/{participant}/age": CASE_PAGES,
    "/staff/people/{participant}/role": CASE_PAGES,
    "/staff/people/{participant}/chats/{chat}/part": DECIDING_PAGES,
    "/staff/people/{participant}/share": WHOLE_RECORD,
    "/staff/people/{participant}/legal-hold": CASE_PAGES,
    "/staff/people/{participant}/legal-hold/{hold}/lift": CASE_PAGES,
    "/staff/rights": CASE_PAGES,
    "/staff/rights/{wish}/look": WHOLE_RECORD,
    "/staff/rights/{wish}/grant": DECIDING_PAGES,
    "/staff/rights/{wish}/refuse": DECIDING_PAGES,
    "/staff/rights/{wish}/page": WHOLE_RECORD,
    "/staff/episodes/{episode}/filed": CASE_PAGES,
    "/staff/held": CASE_PAGES,
    "/staff/held/{action}/ask": CASE_PAGES,
    "/staff/held/{action}/lift": CASE_PAGES,
    "/staff/words": CASE_PAGES,
    "/staff/words/again": CASE_PAGES,
    "/staff/words/{words}/read": CASE_PAGES,
    "/staff/words/{words}/themes": CASE_PAGES,
    "/staff/alerts": CASE_PAGES,
    "/staff/alerts/{alert}/take": CASE_PAGES,
    "/staff/alerts/{alert}/close": CASE_PAGES,
    "/staff/alerts/{alert}/undo": CASE_PAGES,
    "/staff/themes": THEME_PAGES,
    "/staff/themes/{theme}/rename": THEME_PAGES,
    "/staff/themes/{theme}/retire": THEME_PAGES,
    "/staff/themes/{theme}/take-up": THEME_PAGES,
    "/staff/themes/{theme}/done": THEME_PAGES,
    "/staff/themes/{theme}/done/{reply}/take-back": THEME_PAGES,
    "/staff/indicators": FIGURE_PAGES,
    "/staff/notices/{notice}/seen": CASE_PAGES,
    "/staff/followups": CASE_PAGES,
    "/staff/followups/quiet/{fact}/handled": CASE_PAGES,
    "/staff/followups/quiet/{fact}/undo": CASE_PAGES,
    "/staff/outbox": SAFETY_PAGES,
    "/staff/outbox/{message}/release": SAFETY_PAGES,
    "/staff/outbox/{message}/drop": SAFETY_PAGES,
    "/staff/releases": FIGURE_PAGES,
    "/staff/releases/compile": FIGURE_PAGES,
    "/staff/releases/{release}": FIGURE_PAGES,
    "/staff/releases/{release}/approve": FIGURE_PAGES,
    "/staff/releases/{release}/publish": FIGURE_PAGES,
    "/staff/releases/{release}/drop": FIGURE_PAGES,
    "/commissioner": Rule.COMMISSIONER,
    "/commissioner/{release}": Rule.COMMISSIONER,
    "/commissioner/{release}/pictures/{name}": Rule.COMMISSIONER,
    "/api/v1/episodes": Rule.CASE_SYSTEM,
    "/api/v1/releases": Rule.SIGNED_IN,
    "/api/v1/releases/{release}": Rule.SIGNED_IN,
    "/api/v1/releases/{release}/files/{name}": Rule.SIGNED_IN,
}


def may_open(sight: Sight, path: str) -> bool:
    """Tell whether somebody of the staff may look at a page at all, so that it is offered.

    `path` as in RULES.
    """
    page = RULES.get(path)
    if page is Rule.STAFF:
        page = CASE_PAGES
    return isinstance(page, StaffPage) and bool(page.see & sight.roles)


def first_page(stored: str) -> str:
    """Return where somebody with these roles, as they are stored, begins."""
    roles = roles_of(stored)
    for role, page in _FIRST_PAGES:
        if role in roles:
            return page
    return "/commissioner"


_FIRST_PAGES: Final = (
    *((role, "/staff") for role in CASEWORK),
    (StaffRole.ANALYST, "/staff/releases"),
    (StaffRole.AUDITOR, "/staff/audit"),
    (StaffRole.ADMINISTRATOR, "/staff/accounts"),
)

"""A web in which something stands on every page, and the ids that lead to each.

Everybody is made up. What a young person wrote is hostile on purpose: markup, a script, and a
formula for spreadsheets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from outcomes.episode import Commissioner
from storage import people, tables
from storage.casework import Casework
from storage.reasons import HoldReason, Reason
from storage.wishes import WishKind
from surveys.people import AgeBand, Role
from tests.outcomes.sample import sample_release
from tests.support.callers import let_be_told, rows
from tests.support.house import invite
from tests.web.plain_browser import join, write
from tests.web.releases import store
from tests.web.stage import Stage
from usecases import (
    accounts,
    glimpsing,
    holding_legally,
    overview,
    signing_in,
    suppressing,
    telling_back,
    theming,
    wishes,
)
from usecases.glimpsing import Why
from usecases.inviting import By, Invited
from usecases.theming import Sorting
from usecases.walls import StaffRole
from web.access import RULES

HOSTILE = (
    '=HYPERLINK("http://evil.test","x")<script>document.title=\'ran\'</script><img src=x onerror=1>'
)
"""What a child might paste: it must be shown as it is, and run nowhere."""

GRAVE = "i want to die"
WHO = "Made-up Mo"

COMMISSIONER = f"commissioner:{Commissioner.DERBY_CITY.value}"

ACCOUNT_CODE = "account code"

_PARAMETER = re.compile(r"\{(\w+)\}")


async def people_it(stage: Stage) -> Mapping[str, str]:
    """Let made-up people live in this web; return an id for every parameter of an address.

    A parameter of the rules for which there is none is a KeyError in `address`.
    """
    service, clock = stage.service, stage.world.clock
    by = By(WHO, clock.now)
    child = await invite(service, clock.now, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN)
    await _says(stage, child, HOSTILE, GRAVE)
    held = await invite(service, clock.now, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN)
    await _says(stage, held, "i like the dog")
    suppressed = await suppressing.suppress(
        service, held.participant, Reason.COURT, by, household=False
    )
    carer = await invite(service, clock.now, Role.CARER, AgeBand.ADULT)
    await _says(stage, carer, "we are tired")
    theme = await theming.add_theme(service, "Sleep", by)
    words = [
        row.id
        for row in await rows(service, tables.words)
        if row.participant_id == child.participant
    ]
    await let_be_told(service, words[1], clock.now)
    await theming.read_and_sort(service, words[1], Sorting(add=frozenset({theme})), by)
    reply = await theming.add_reply(
        service, theme, "We bought a night light.", clock.now.date(), by
    )
    clock.forward(telling_back.UNDO_FOR)
    release = await store(service, sample_release("2026/27-Q2"), clock.now)
    newcomer = await invite(service, clock.now, Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN)
    await _ask_to_see_everything(stage, child)
    await holding_legally.hold(service, child.participant, HoldReason.COURT, by)
    account = await accounts.add(service, "made-up.account", StaffRole.DUTY, by)
    (some, *_) = (await overview.find_episodes(service, overview.Wanted())).episodes
    await glimpsing.open_child(service, some.case, Why.COVERING, replace(by, who="made-up.other"))
    return {
        "participant": child.participant,
        "episode": (await rows(service, tables.support_episodes))[0].id,
        "child": (await rows(service, tables.children))[0].id,
        "words": words[0],
        "alert": await _first(stage, "alerts"),
        "notice": await _first(stage, "notices"),
        "fact": "none",
        "message": str((await rows(service, tables.outbox))[0].id),
        "run": await _first(stage, "runs"),
        "action": suppressed.action_id,
        "theme": theme,
        "reply": reply,
        "release": release.id,
        "quarter": "2026/27-Q2",
        "total": "none",
        "name": "mark.svg",
        "token": "no-such-token",
        "chat": "none",
        ACCOUNT_CODE: account,
        "code": newcomer.web.rpartition("/")[2],
        "wish": await _first(stage, "wishes"),
        "hold": await _first(stage, "legal_holds"),
        "account": await _first(stage, "accounts"),
        "glimpse": await _first(stage, "glimpses"),
    }


async def _ask_to_see_everything(stage: Stage, invited: Invited) -> None:
    def work(casework: Casework) -> None:
        person = people.load_person(casework, invited.participant)
        assert person is not None
        wishes.note_wish(casework, person, WishKind.SEE, stage.world.clock.now)
        casework.flush()

    opened = stage.service.open
    await stage.service.lane.write(lambda connection: work(opened(connection)))


async def _first(stage: Stage, table: str) -> str:
    found = await rows(stage.service, tables.metadata.tables[table])
    return str(found[0].id) if found else "none"


async def _says(stage: Stage, invited: Invited, *texts: str) -> None:
    async with stage.browser() as phone:
        page = await join(phone, invited.web)
        for text in texts:
            page = await write(phone, page, text)


async def address(stage: Stage, path: str, ids: Mapping[str, str]) -> str:
    """Return the address of a page of the rules with real ids in it; KeyError for want of one."""
    if path == "/enter/{code}":
        return path.replace("{code}", await stage.entry_code(signing_in.STAFF, WHO))
    if path.startswith("/account/{code}"):
        path = path.replace("{code}", ids[ACCOUNT_CODE])
    if path == "/staff/people/{participant}/hold":
        path += f"?reason={Reason.COURT.value}"
    return _PARAMETER.sub(lambda found: ids[found.group(1)], path)


def parameters() -> set[str]:
    """Return the parameters of all addresses."""
    return {name for path in RULES for name in _PARAMETER.findall(path)}

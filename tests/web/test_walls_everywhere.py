"""Walls and accounts hold on both databases alike."""

from __future__ import annotations

from datetime import timedelta

import pyotp

from storage import accounts as stored
from tests.support.house import World
from tests.web.rooms import Room, furnish
from tests.web.stage import Stage, open_stage
from usecases import accounts, board, glimpsing, overview, reading, suppressing
from usecases.accounts import Try
from usecases.board import Wanted as WantedOnBoard
from usecases.glimpsing import Why
from usecases.inviting import By
from usecases.walls import Sight, StaffRole, Thing, may_be_shown, sight_of


async def nothing_of_the_other_is_there(stage: Stage, by: By, own: Room, other: Room) -> None:
    for thing in Thing:
        for room, there in ((own, True), (other, False)):
            if thing.value in own.ids:
                row = room.ids[thing.value]
                shown = await may_be_shown(stage.service, by.sight, by.who, thing, row)
                assert shown is there, (thing, room.case)


async def test_a_caseload_ends_at_its_wall_on_every_database(database_url: str) -> None:
    world = World(database_url)
    async with open_stage(world) as stage:
        service = stage.service
        own = await furnish(stage, "MADE-UP-1", "a.worker", "the own canary")
        other = await furnish(stage, "MADE-UP-2", "b.worker", "the other canary")
        now = world.clock.now
        by = By("a.worker", now, sight_of("a.worker", "worker"))
        page = await overview.find_episodes(service, overview.Wanted(), by.sight)
        assert [each.case for each in page.episodes] == [own.case]
        desk = await reading.what_waits(service, by)
        assert [each.participant_id for each in desk.unread] == [own.ids["participant"]]
        assert {each.participant_id for each in desk.notices} == {own.ids["participant"]}
        counts = await reading.own_counts(service, by)
        assert (counts.unread_words, counts.unseen_notices) == (1, len(desk.notices))
        assert await suppressing.count_held(service, by.sight) == 1
        chosen = board.EVERYTHING.__class__(within=by.sight.caseload)
        seen = await board.look(service, WantedOnBoard(chosen=chosen), now)
        assert {group.worker for group in seen.groups} <= {"a.worker"}
        await nothing_of_the_other_is_there(stage, by, own, other)
        await glimpsing.open_child(service, other.case, Why.COVERING, by)
        (opened,) = await glimpsing.list_opened(service, by)
        assert (opened.case, opened.glimpse.reason) == (other.case, "covering-for-a-colleague")
        wider = Sight(by.sight.roles, "a.worker", frozenset({opened.glimpse.child_id}))
        assert len((await overview.find_episodes(service, overview.Wanted(), wider)).episodes) == 2


async def test_accounts_lock_and_let_in_on_every_database(database_url: str) -> None:
    world = World(database_url)
    async with open_stage(world) as stage:
        service, clock = stage.service, world.clock
        by = By("made-up.admin", clock.now)
        code = await accounts.add(service, "a.worker", StaffRole.WORKER, by)
        factor = await accounts.choose_password(service, code, "three made-up otters", clock.now)
        app = pyotp.TOTP(factor.secret)
        assert await accounts.confirm(service, code, app.at(clock.now), clock.now)
        clock.forward(timedelta(minutes=1))
        wrong = Try("a.worker", "three other otters", app.at(clock.now), "a place")
        for _ in range(stored.TRIES):
            assert await accounts.sign_in(service, wrong, clock.now) is None
        right = Try("a.worker", "three made-up otters", app.at(clock.now), "a place")
        assert await accounts.sign_in(service, right, clock.now) is None
        clock.forward(stored.LOCKED_FOR + timedelta(seconds=1))
        later = Try("a.worker", "three made-up otters", app.at(clock.now), "a place")
        assert await accounts.sign_in(service, later, clock.now) is not None
        assert await accounts.sign_in(service, later, clock.now) is None

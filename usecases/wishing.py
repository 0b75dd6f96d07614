"""What anybody can want at any moment: help, quiet, to stop, to come back, to know who sees what.

Help works for everybody, also for somebody we do not know, who pauses, or who has stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from storage import participants, recalls
from storage.alerts import AlertKind
from storage.people import Person, Standing
from surveys.conversation import AskedWhy, WentBack
from surveys.understanding import Wish
from usecases import (
    alerting,
    checking_in,
    choosing_times,
    goals,
    knowing,
    planning,
    resting,
    stopping,
    telling_back,
)
from usecases.arrival import MenuWish, OfferReply
from usecases.desk import Desk
from usecases.quiet import (
    Quiet,
    RestBegun,
    Resting,
    SureToStop,
    WelcomeBack,
)
from usecases.telling import (
    HelpNow,
    Menu,
    NotUnderstood,
    SomebodyWillTalk,
    WhatWasDone,
    WhoSees,
)
from usecases.welcome import (
    JoinPage,
    NotKnownYet,
)

_NOT_IN_YET: Final = (Standing.INVITED, Standing.READING, Standing.NOT_NOW)
_WAYS_IN: Final = frozenset(
    {
        MenuWish.MENU,
        MenuWish.WHATS_NEXT,
        MenuWish.OWN_TIME,
        MenuWish.GOALS,
        MenuWish.NEW_GOAL,
        *choosing_times.CHOICES,
    }
)
_NEEDLESS_AFTER_A_STOP: Final = frozenset(
    {
        MenuWish.PAUSE,
        MenuWish.PAUSE_AN_HOUR,
        MenuWish.PAUSE_TILL_EVENING,
        MenuWish.PAUSE_TILL_TOMORROW,
        MenuWish.PAUSE_A_WEEK,
        MenuWish.PAUSE_A_MONTH,
        MenuWish.STOP_ALL,
        MenuWish.OWN_TIME,
        *choosing_times.CHOICES,
    }
)
"""Somebody who stopped is asked nothing: when or how often is no question any more."""


def grant(desk: Desk, wish: MenuWish) -> None:
    """Do what somebody wishes. Strangers get help and the way in, nothing else."""
    if wish is MenuWish.HELP:
        _help(desk)
        return
    person = desk.person
    if wish is MenuWish.WHO_SEES:
        run = desk.standing_run
        desk.say(WhoSees(run.run if run is not None else None))
    elif person is None:
        desk.say(NotKnownYet())
    elif person.standing in _NOT_IN_YET and wish in _WAYS_IN:
        desk.say(JoinPage(1))
    elif person.standing is Standing.STOPPED and wish in _NEEDLESS_AFTER_A_STOP:
        desk.say(RestBegun(Resting.FOR_GOOD))
    else:
        _GRANTS[wish](desk, person)


def show_what_works(desk: Desk) -> None:
    """Answer something that means nothing to us with what can be done here."""
    person = desk.person
    desk.say(NotKnownYet() if person is None else NotUnderstood(_quiet(desk, person)))


def grant_in_run(desk: Desk, wish: Wish) -> bool:
    """Go back or explain the question that stands; False when none stands."""
    run = desk.open_run
    if run is None:
        return False
    step = run.run.step
    checking_in.move(desk, run, WentBack(step) if wish is Wish.BACK else AskedWhy(step))
    return True


def _help(desk: Desk) -> None:
    alerting.tell_team(desk.work, desk.service, desk.person, AlertKind.HELP_NOW, desk.now)
    standing = desk.standing_run
    desk.say(HelpNow(desk.team, standing.run if standing is not None else None))


def _talk(desk: Desk, person: Person) -> None:
    alerting.tell_team(desk.work, desk.service, person, AlertKind.WANTS_PERSON, desk.now)
    desk.say(SomebodyWillTalk(desk.team))


def _talk_to_another(desk: Desk, person: Person) -> None:
    """Tell others than their worker, who sees nothing of it and of what comes after it."""
    alerting.ask_for_another(desk.work, desk.service, person, desk.now)
    desk.say(SomebodyWillTalk(desk.team, another=True))


def _show_menu(desk: Desk, person: Person) -> None:
    desk.say(Menu(_quiet(desk, person)))


def _quiet(desk: Desk, person: Person) -> Quiet:
    if person.standing is Standing.STOPPED:
        return Quiet.STOPPED
    until = person.resting_until
    return Quiet.BREAK if until is not None and desk.now < until else Quiet.NO


def _ask_whether_sure(desk: Desk, person: Person) -> None:
    """Stop at once, then make sure what they want: without a word from them we keep quiet, too."""
    resting.quieten(desk)
    recalls.cancel_askings(desk.work.connection, person.id)
    until = desk.now + resting.WEEK
    if person.resting_until is None or person.resting_until < until:
        desk.person = participants.set_rest(desk.work, person, person.standing, until)
    desk.say(SureToStop())


def _stop(desk: Desk, person: Person) -> None:
    """Stop for good: nothing is asked any more; staff know; the way back stays open."""
    stopping.stop(desk, person)
    desk.say(RestBegun(Resting.FOR_GOOD))


def _stay(desk: Desk, person: Person) -> None:
    """They did not want to stop after all: the quiet that began with the question ends with it.

    A break that goes on for longer is one that they took themselves.
    """
    until = person.resting_until
    asked = until is not None and until <= desk.now + resting.WEEK
    if person.standing is Standing.JOINED and asked:
        desk.person = participants.set_rest(desk.work, person, person.standing, None)
    checking_in.offer_what_waits(desk)


def _come_back(desk: Desk, person: Person) -> None:
    """End the rest; after a stop, plan again what still makes sense."""
    stands = person.standing
    if stands is Standing.STOPPED:
        said_yes = participants.has_joined(desk.work, person.id)
        stands = Standing.JOINED if said_yes else Standing.READING
    desk.person = back = participants.set_rest(desk.work, person, stands, None)
    if person.standing is not stands is Standing.JOINED:
        planning.plan_coming_back(desk.service, desk.work, back, desk.now)
    desk.say(WelcomeBack())
    _whats_next(desk, back)


def _whats_next(desk: Desk, person: Person) -> None:
    """Say what there is to do; for somebody who has not said yes, that is reading who we are."""
    if person.standing in (Standing.INVITED, Standing.READING, Standing.NOT_NOW):
        desk.say(JoinPage(1))
    else:
        checking_in.offer_what_waits(desk)


MOST_SHOWN: Final = 5
"""How many things that were done one message tells."""


def _show_what_was_done(desk: Desk, person: Person) -> None:
    """Show what was done about what young people said: no names, so it is for everybody."""
    del person
    found = telling_back.said_and_done_in(desk.service, desk.work, desk.now)
    desk.say(WhatWasDone(tuple(found[:MOST_SHOWN])))


_GRANTS: Final[dict[MenuWish, Callable[[Desk, Person], None]]] = {
    MenuWish.TALK_TO_SOMEBODY: _talk,
    MenuWish.NOT_MY_WORKER: _talk_to_another,
    MenuWish.MENU: _show_menu,
    MenuWish.PAUSE: resting.pause,
    MenuWish.PAUSE_AN_HOUR: partial(resting.rest_till, reply=OfferReply.IN_AN_HOUR),
    MenuWish.PAUSE_TILL_EVENING: partial(resting.rest_till, reply=OfferReply.TONIGHT),
    MenuWish.PAUSE_TILL_TOMORROW: partial(resting.rest_till, reply=OfferReply.TOMORROW),
    MenuWish.PAUSE_A_WEEK: resting.rest_a_week,
    MenuWish.PAUSE_A_MONTH: resting.rest_a_month,
    MenuWish.STOP_ALL: _ask_whether_sure,
    MenuWish.STOP_ALL_SURELY: _stop,
    MenuWish.STAY: _stay,
    MenuWish.COME_BACK: _come_back,
    MenuWish.WHATS_NEXT: _whats_next,
    MenuWish.OWN_TIME: choosing_times.show,
    MenuWish.GOALS: goals.show,
    MenuWish.NEW_GOAL: goals.want_new,
    MenuWish.ABOUT_ME: knowing.show,
    MenuWish.YOU_SAID: _show_what_was_done,
    MenuWish.SEE_ALL: knowing.see_all,
    MenuWish.SOMETHING_WRONG: knowing.ask_what_is_wrong,
    MenuWish.FORGET_ME: knowing.ask_whether_to_forget,
    MenuWish.FORGET_ME_SURELY: knowing.forget,
    **{wish: partial(choosing_times.choose, wish=wish) for wish in choosing_times.CHOICES},
}

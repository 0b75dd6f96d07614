"""Tells somebody that we heard, who reads it and when, and where help is now: fixed words only.

It must not ask about what happened, cheer up, promise secrecy or an answer, or go on as if nothing
had been said. What the parts say and why: the heads
of surveys/phrases/safety.yaml and concerns.yaml.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from bot.callbacks import RunAct
from bot.render_hours import say_when, spell_ahead, spell_hours
from bot.render_run import run_button
from bot.speech import Row, Speech, tell
from storage.alerts import Route
from storage.outbox import Outgoing, Urgency
from surveys.concerns import ConcernCategory
from surveys.conversation import Run
from surveys.helplines import Helpline, Way
from surveys.people import Role
from usecases.arrival import MenuWish
from usecases.presence import Presence
from usecases.telling import ConcernHeard, HelpNow, SomebodyWillTalk

SafetyTelling = ConcernHeard | HelpNow | SomebodyWillTalk


def render_safety(telling: SafetyTelling, speech: Speech) -> Outgoing:
    """Return the one message for a telling about safety; it is sent at least once."""
    match telling:
        case ConcernHeard():
            return _answer_concern(telling, speech)
        case HelpNow():
            return _show_help(telling, speech)
        case SomebodyWillTalk():
            return _promise_somebody(telling, speech)
        case _:
            assert_never(telling)


def _promise_somebody(promise: SomebodyWillTalk, speech: Speech) -> Outgoing:
    """Say that the team knows, with the way to somebody else than their own worker."""
    parts = [say_when(promise.team, "safety.told", speech)]
    rows: tuple[Row, ...] = ((speech.help_now,),)
    if promise.another:
        parts.append(speech.say("safety.told-another"))
    elif not speech.stranger:
        rows = ((speech.wish("not-my-worker", MenuWish.NOT_MY_WORKER),), *rows)
    numbers = f"{speech.say('safety.numbers')}\n{_list_lines(speech)}"
    return tell("\n\n".join((*parts, numbers)), *rows, urgency=Urgency.SAFETY)


# --- what was heard ---------------------------------------------------------------------------


def _answer_concern(heard: ConcernHeard, speech: Speech) -> Outgoing:
    """Answer by the most urgent thing that was said, which comes first.

    Where minutes count, what to do now stands before who reads it.
    """
    category = heard.categories[0] if heard.categories else None
    parts = [
        f"{speech.say('safety.arrived')} {speech.say(f'concerns.heard-{name_of(category)}')}",
        _say_who_reads(heard, speech),
        _say_what_to_do(category, speech),
    ]
    if category in _MINUTES_COUNT:
        parts[1], parts[2] = parts[2], parts[1]
    if heard.can_go_on is not None:
        parts.append(speech.say("safety.stopped"))
    readers = () if heard.words is None else ((speech.choose_readers(heard.words),),)
    rows = (*_ways_on(speech, heard.can_go_on)[:-1], *readers, (speech.help_now,))
    return tell("\n\n".join(parts), *rows, urgency=Urgency.SAFETY)


def name_of(category: ConcernCategory | None) -> str:
    """Return how a category is named in the phrases: in small letters, with hyphens."""
    return "something" if category is None else category.value.replace(" ", "-")


def _say_who_reads(heard: ConcernHeard, speech: Speech) -> str:
    """Say who reads it and when; that others may hear of it, where somebody may not be safe."""
    accuses = ConcernCategory.ALLEGATION in heard.categories
    leads = accuses or heard.route is Route.LEAD_ONLY
    parts = [say_when(heard.team, "safety.leads" if leads else "safety.reader", speech)]
    if (accuses or heard.route is not Route.ALL) and not speech.stranger:
        parts.append(speech.say("safety.not-your-worker"))
    if heard.answered_by is not None:
        parts.append(_say_by_when(heard.answered_by, heard.team, speech))
    if not _KEPT_IN_THE_TEAM.issuperset(heard.categories):
        parts.append(speech.say("safety.not-kept-quiet"))
    return " ".join(parts)


def _say_by_when(answered_by: datetime, team: Presence, speech: Speech) -> str:
    """Say when somebody who cannot go on hears from a person, on the quarter of an hour."""
    if answered_by - team.now <= _HOUR:
        return speech.say("safety.rings-within-the-hour")
    late = timedelta(minutes=-answered_by.minute % 15)
    by = answered_by.replace(second=0, microsecond=0) + late
    return speech.say("safety.rings-by", by=spell_ahead(by, team.now, speech))


_HOUR: Final = timedelta(hours=1)

_MINUTES_COUNT: Final = frozenset(
    {ConcernCategory.DANGER, ConcernCategory.OVERDOSE, ConcernCategory.SUICIDE}
)
_KEPT_IN_THE_TEAM: Final = frozenset(
    {
        ConcernCategory.CARER_BREAKING,
        ConcernCategory.CARER_WORN_OUT,
        ConcernCategory.EATING,
        ConcernCategory.DRUGS_AND_ALCOHOL,
        ConcernCategory.SADNESS,
        ConcernCategory.WANTS_ADULT,
        ConcernCategory.NOT_UNDERSTOOD,
    }
)
"""What is heard without anybody outside having to know first."""


def _say_what_to_do(category: ConcernCategory | None, speech: Speech) -> str:
    """Return one thing to do right now, and the numbers that fit it: the others are under help."""
    now = speech.say(f"concerns.now-{name_of(category)}")
    return f"{now}\n{_list_lines(speech, category)}"


def _ways_on(speech: Speech, run: Run | None) -> tuple[Row, ...]:
    """Return the buttons: a person first; then the questions, which wait; help from anywhere."""
    rows: list[Row] = []
    if not speech.stranger:
        rows.append((speech.wish("talk", MenuWish.TALK_TO_SOMEBODY),))
    if run is not None:
        rows.append(
            (
                run_button(speech, "carry-on", run, RunAct.GO_ON),
                run_button(speech, "stop-for-today", run, RunAct.PAUSE),
            )
        )
    rows.append((speech.help_now,))
    return tuple(rows)


# --- help now ---------------------------------------------------------------------------------


def _show_help(help_now: HelpNow, speech: Speech) -> Outgoing:
    """Show whom to reach, then the team where somebody has one, then the way back."""
    parts = [speech.say("safety.help-now"), _list_lines(speech)]
    rows: list[Row] = []
    if not speech.stranger:
        parts.append(say_when(help_now.team, "safety.team", speech))
        rows.append((speech.wish("talk", MenuWish.TALK_TO_SOMEBODY),))
    run = help_now.can_go_on
    if run is not None:
        parts.append(speech.say("safety.place-kept"))
        rows.append((run_button(speech, "carry-on", run, RunAct.GO_ON),))
    return tell("\n\n".join(parts), *rows, urgency=Urgency.SAFETY)


def _list_lines(speech: Speech, category: ConcernCategory | None = None) -> str:
    """Return one line for each number, 999 first; a phone makes numbers in text tappable.

    With a category two more that fit it at most: a list is long for somebody in need. Somebody
    whose age we do not know is shown all.
    """
    who = speech.listener
    first, *others = speech.lines.suited_to(who.role, who.age_band)
    if category is not None and not speech.stranger:
        others = _that_fit(category, others)
    lines = [_spell(first, speech), *_spell_duty_line(speech)]
    return "\n".join((*lines, *(_spell(line, speech) for line in others)))


def _that_fit(category: ConcernCategory, lines: Sequence[Helpline]) -> list[Helpline]:
    match category:
        case ConcernCategory.OVERDOSE:
            return []
        case ConcernCategory.SUICIDE:
            return list(lines)
        case ConcernCategory.CARER_BREAKING | ConcernCategory.CARER_WORN_OUT:
            order = _TO_TALK
        case ConcernCategory.SELF_HARM | ConcernCategory.EATING | ConcernCategory.SADNESS:
            order = _ABOUT_FEELINGS
        case _:
            order = _USUAL
    by_id = {line.id: line for line in lines}
    return [by_id[each] for each in order if each in by_id][:_MOST_BESIDE]


_MOST_BESIDE: Final = 2
_USUAL: Final = ("childline", "shout", "samaritans", "nhs-111")
_ABOUT_FEELINGS: Final = ("childline", "shout", "nhs-111", "samaritans")
_TO_TALK: Final = ("samaritans", "childline", "shout", "nhs-111")


def _spell(line: Helpline, speech: Speech) -> str:
    voice = speech.listener.voice
    name, about = line.name.speak(voice), line.about.speak(voice)
    if line.way is Way.CALL or line.keyword is None:
        return speech.say("safety.call", name=name, number=line.number, about=about)
    number, keyword = line.number, line.keyword
    return speech.say("safety.text", name=name, number=number, keyword=keyword, about=about)


def _spell_duty_line(speech: Speech) -> list[str]:
    """Return the service's own phone, which is for adults around a child, where it has one."""
    if speech.duty_number is None or speech.listener.role is Role.YOUNG_PERSON:
        return []
    duty, voice = speech.lines.duty, speech.listener.voice
    name = duty.name.speak(voice)
    about = duty.about.speak(voice).format(hours=spell_hours(speech))
    return [speech.say("safety.call", name=name, number=speech.duty_number, about=about)]

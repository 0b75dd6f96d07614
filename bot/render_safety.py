"""Tells somebody that we heard, who reads it and when, and where help is now: fixed words only.

It must not ask about what happened, cheer up, promise secrecy or an answer, or go on as if nothing
had been said. What the parts say and why: the head of surveys/phrases/safety.yaml.
"""

from __future__ import annotations

from typing import Final, assert_never

from bot.callbacks import RunAct
from bot.render_run import run_button
from bot.speech import Row, Speech, tell
from storage.outbox import Outgoing, Urgency
from surveys.concerns import ConcernCategory
from surveys.conversation import Run
from surveys.helplines import Helpline, Way
from surveys.people import Role
from usecases.arrival import MenuWish
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
    parts = [speech.say("safety.told-here" if promise.staffed else "safety.told-away")]
    rows: tuple[Row, ...] = ((speech.help_now,),)
    if promise.another:
        parts.append(speech.say("safety.told-another"))
    elif not speech.stranger:
        rows = ((speech.wish("not-my-worker", MenuWish.NOT_MY_WORKER),), *rows)
    return tell("\n\n".join((*parts, _numbers(speech))), *rows, urgency=Urgency.SAFETY)


# --- what was heard ---------------------------------------------------------------------------


def _answer_concern(heard: ConcernHeard, speech: Speech) -> Outgoing:
    """Answer by the most urgent thing that was said, which comes first."""
    key = _heard_as(heard.categories[0]) if heard.categories else "heard-something"
    parts = [speech.say(f"safety.{key}"), _reader(heard, speech)]
    if key in _MAY_BE_PASSED_ON:
        parts.append(speech.say("safety.not-kept-quiet"))
    parts.append(_numbers(speech))
    if heard.can_go_on is not None:
        parts.append(speech.say("safety.stopped"))
    readers = () if heard.words is None else ((speech.choose_readers(heard.words),),)
    rows = (*_ways_on(speech, heard.can_go_on)[:-1], *readers, (speech.help_now,))
    return tell("\n\n".join(parts), *rows, urgency=Urgency.SAFETY)


def _reader(heard: ConcernHeard, speech: Speech) -> str:
    reader = speech.say("safety.reader-here" if heard.staffed else "safety.reader-away")
    if ConcernCategory.ALLEGATION in heard.categories:
        return f"{reader} {speech.say('safety.not-that-person')}"
    return reader


def _heard_as(category: ConcernCategory) -> str:
    """Return the phrase that answers what was said."""
    match category:
        case ConcernCategory.DANGER:
            return "heard-danger"
        case ConcernCategory.OVERDOSE:
            return "heard-overdose"
        case ConcernCategory.SUICIDE | ConcernCategory.SELF_HARM:
            return "heard-life"
        case ConcernCategory.MISSING:
            return "heard-missing"
        case ConcernCategory.WEAPONS | ConcernCategory.HARM_TO_OTHERS:
            return "heard-others"
        case ConcernCategory.CARER_BREAKING | ConcernCategory.CARER_WORN_OUT:
            return "heard-strain"
        case ConcernCategory.ALLEGATION:
            return "heard-adult-did-wrong"
        case ConcernCategory.EATING | ConcernCategory.DRUGS_AND_ALCOHOL | ConcernCategory.SADNESS:
            return "heard-hard"
        case ConcernCategory.WANTS_ADULT:
            return "heard-wish"
        case ConcernCategory.NOT_UNDERSTOOD:
            return "heard-something"
        case (
            ConcernCategory.SEXUAL_ABUSE
            | ConcernCategory.PHYSICAL_ABUSE
            | ConcernCategory.EMOTIONAL_ABUSE
            | ConcernCategory.NEGLECT
            | ConcernCategory.EXPLOITATION
            | ConcernCategory.BULLYING
        ):
            return "heard-hurt"
        case _:
            assert_never(category)


_MAY_BE_PASSED_ON: Final = frozenset(
    {
        "heard-danger",
        "heard-overdose",
        "heard-life",
        "heard-hurt",
        "heard-missing",
        "heard-others",
        "heard-adult-did-wrong",
    }
)


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
        parts.append(speech.say("safety.team-here" if help_now.staffed else "safety.team-away"))
        rows.append((speech.wish("talk", MenuWish.TALK_TO_SOMEBODY),))
    run = help_now.can_go_on
    if run is not None:
        parts.append(speech.say("safety.place-kept"))
        rows.append((run_button(speech, "carry-on", run, RunAct.GO_ON),))
    return tell("\n\n".join(parts), *rows, urgency=Urgency.SAFETY)


def _numbers(speech: Speech) -> str:
    return f"{speech.say('safety.numbers')}\n{_list_lines(speech)}"


def _list_lines(speech: Speech) -> str:
    """Return one line for each number, 999 first; a phone makes numbers in text tappable."""
    who = speech.listener
    first, *others = speech.lines.suited_to(who.role, who.age_band)
    lines = [_spell(first, speech), *_spell_duty_line(speech)]
    return "\n".join((*lines, *(_spell(line, speech) for line in others)))


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
    name, about = duty.name.speak(voice), duty.about.speak(voice)
    return [speech.say("safety.call", name=name, number=speech.duty_number, about=about)]

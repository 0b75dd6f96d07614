"""One sample of everything that we can tell, for each kind of listener; the people are made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from storage.goals import GoalEnd
from surveys import engine
from surveys.catalogue import load_catalogue
from surveys.concerns import ConcernCategory, ConcernLevel
from surveys.conversation import (
    AnswersDropped,
    AskedToChange,
    AskedWhy,
    CameBack,
    Chosen,
    Declination,
    Held,
    Input,
    Passed,
    Paused,
    Run,
    RunHeld,
    RunId,
    RunStatus,
    RunWasOver,
    StoppedHere,
    Tapped,
    TapRepeated,
    TapWasOld,
    TapWasUnknown,
    TimeRanOut,
    Turn,
    Typed,
    WentBack,
    WordsId,
    WordsKept,
    Written,
)
from surveys.instrument import Instrument
from surveys.people import AgeBand, OwnTime, Role, Sharing, Suits, Voice
from tests.bot.presences import AWAY, HERE, IN_THE_MORNING, ODD
from usecases.arrival import Channel, Media, MenuWish, OccasionId
from usecases.quiet import (
    HowLongToRest,
    OwnTimeSet,
    OwnTimeShown,
    Quiet,
    QuietUntil,
    RestBegun,
    Resting,
    SureToStop,
    WelcomeBack,
)
from usecases.telling import (
    STRANGER_ON_TELEGRAM,
    STRANGER_ON_WEB,
    AboutRun,
    ConcernHeard,
    EditReceived,
    HalfDone,
    HelpNow,
    Listener,
    MediaNotKept,
    Menu,
    NothingWaits,
    NotUnderstood,
    OfferDeclined,
    Offered,
    OfferGone,
    PictureReady,
    PutOff,
    RunAlreadyOver,
    RunGone,
    SaidAgain,
    SaidAndDone,
    SomebodyWillTalk,
    Telling,
    ToldBack,
    WhatWasDone,
    WhenLater,
    WhoSees,
    WordsReceived,
    WordsTooLong,
)
from usecases.theirs import (
    AboutMe,
    EnoughGoals,
    ForgettingNoted,
    GoalKept,
    GoalNumberKept,
    GoalPutAway,
    GoalShown,
    GoalsOffered,
    GoalsShown,
    GoalTold,
    GoalWanted,
    SeeingNoted,
    SharingAsked,
    SharingSet,
    SureToForget,
    WordsGone,
    WrongNoted,
    WrongWanted,
)
from usecases.welcome import (
    AlreadyJoined,
    CodeNotKnown,
    ComeToTheWeb,
    Joined,
    JoinPage,
    JoinPutOff,
    MoreAboutUs,
    NotKnownYet,
    TooManyCodes,
)

NOW = datetime(2026, 11, 20, 15, 37, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUN = RunId("01hv3kq8zw2x4y6a")
OCCASION = OccasionId("01hv3kq8zw2x4y6b")
WORDS = WordsId("01hv3kq8zw2x4y6c")
DUTY_NUMBER = "01632 960 123"

LISTENERS = {
    "child on the web": Listener(
        Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN, Voice.YOUNGER, Channel.WEB
    ),
    "teenager on Telegram": Listener(
        Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN, Voice.OLDER, Channel.TELEGRAM
    ),
    "carer on the web": Listener(Role.CARER, AgeBand.ADULT, Voice.ADULT, Channel.WEB),
    "professional on Telegram": Listener(
        Role.PROFESSIONAL, AgeBand.ADULT, Voice.ADULT, Channel.TELEGRAM
    ),
    "stranger on Telegram": STRANGER_ON_TELEGRAM,
    "stranger on the web": STRANGER_ON_WEB,
}

INSTRUMENTS = load_catalogue().all()


@dataclass(frozen=True, slots=True)
class Sample:
    """Something that happens, what is told about it, and whether a tap brought it about."""

    name: str
    tellings: tuple[Telling, ...]
    tapped: bool = False


def voice_of(instrument: Instrument, listener: Listener) -> Voice:
    return listener.voice if listener.voice in instrument.voices else instrument.voices[0]


def begin(instrument: Instrument, voice: Voice) -> Turn:
    return engine.start(instrument, RUN, voice, NOW)


def play(turn: Turn, instrument: Instrument, *inputs: Input) -> Turn:
    for given in inputs:
        turn = engine.resume(instrument, turn.run, given, NOW)
    return turn


def finish(turn: Turn, instrument: Instrument, *, step_of_scale: int = 0) -> Turn:
    """Answer every question that is left: the same place on each scale, words where asked."""
    while not turn.run.status.over:
        item = instrument.item(turn.run.asked[-1])
        given: Input = Typed("It was windy.", WORDS)
        if item.choices:
            given = Tapped(turn.run.step, item.choices[step_of_scale].value)
        turn = engine.resume(instrument, turn.run, given, NOW)
    return turn


def samples_for(listener: Listener) -> Iterator[Sample]:
    """Yield a sample of every telling and of every event that this listener may be told."""
    yield from _joining()
    yield from _safety()
    yield from _control()
    yield from _theirs()
    yield from _replies()
    if listener in (STRANGER_ON_TELEGRAM, STRANGER_ON_WEB):
        return
    for instrument in INSTRUMENTS:
        if instrument.role is listener.role and listener.voice in instrument.voices:
            yield from _answering(instrument, listener.voice)
            yield from _odd_input(instrument, listener.voice)
            yield from _ending(instrument, begin(instrument, listener.voice))
            yield from _rare(instrument, begin(instrument, listener.voice))
            yield from _offering(instrument, listener.voice)
            yield from _safety_in_a_run(begin(instrument, listener.voice).run)


def _joining() -> Iterator[Sample]:
    for page in (1, 2, 3):
        yield Sample(f"join page {page}", (JoinPage(page),), tapped=page > 1)
    tapped: tuple[Telling, ...] = (MoreAboutUs(), JoinPutOff(), Joined(), AlreadyJoined())
    for each in tapped:
        yield Sample(type(each).__name__, (each,), tapped=True)
    typed: tuple[Telling, ...] = (
        CodeNotKnown(),
        TooManyCodes(),
        ComeToTheWeb("https://chat.example.org/join/ABCDE12345"),
        NotKnownYet(),
    )
    for each in typed:
        yield Sample(type(each).__name__, (each,))
    local = ComeToTheWeb("http://127.0.0.1:8080/join/ABCDE12345")
    yield Sample("ComeToTheWeb on this machine", (local,))


def _safety() -> Iterator[Sample]:
    for team in (HERE, AWAY):
        when = "in hours" if team.here else "out of hours"
        yield Sample(f"HelpNow {when}", (HelpNow(team),), tapped=True)
        yield Sample(f"SomebodyWillTalk {when}", (SomebodyWillTalk(team),), tapped=True)
        another = SomebodyWillTalk(team, another=True)
        yield Sample(f"SomebodyWillTalk, another, {when}", (another,), tapped=True)
        for category in ConcernCategory:
            heard = ConcernHeard(ConcernLevel.CRISIS, (category,), team)
            yield Sample(f"ConcernHeard {category} {when}", (heard,))
        both = (ConcernCategory.PHYSICAL_ABUSE, ConcernCategory.ALLEGATION)
        heard = ConcernHeard(ConcernLevel.CRISIS, both, team)
        yield Sample(f"ConcernHeard abuse and allegation {when}", (heard,))
    tired = (ConcernCategory.CARER_BREAKING,)
    for team, by in ((HERE, HERE.now + HOUR), (AWAY, IN_THE_MORNING)):
        heard = ConcernHeard(ConcernLevel.CONCERN, tired, team, answered_by=by)
        yield Sample(
            f"ConcernHeard, somebody rings, {'in' if team.here else 'out of'} hours", (heard,)
        )
    caption = ConcernHeard(ConcernLevel.CRISIS, (ConcernCategory.SUICIDE,), AWAY)
    yield Sample("ConcernHeard under a photo", (caption, MediaNotKept(Media.PHOTO)))
    wrong = ConcernHeard(ConcernLevel.CRISIS, (ConcernCategory.PHYSICAL_ABUSE,), AWAY)
    yield Sample("ConcernHeard in what is wrong", (wrong, WrongNoted(NOW.date(), WORDS)))
    nothing = ConcernHeard(ConcernLevel.CONCERN, (), HERE, words=WORDS)
    yield Sample("ConcernHeard without a category", (nothing,))


def _safety_in_a_run(run: Run) -> Iterator[Sample]:
    name = run.instrument.id
    yield Sample(f"{name}: HelpNow", (HelpNow(HERE, can_go_on=run),), tapped=True)
    held = replace(run, status=RunStatus.HELD)
    categories = (ConcernCategory.SELF_HARM, ConcernCategory.ALLEGATION)
    heard = ConcernHeard(ConcernLevel.CRISIS, categories, AWAY, can_go_on=held)
    yield Sample(f"{name}: ConcernHeard self-harm and allegation out of hours", (heard,))


def _control() -> Iterator[Sample]:
    tapped: tuple[Telling, ...] = (
        *(Menu(quiet) for quiet in Quiet),
        WhoSees(),
        HowLongToRest(),
        SureToStop(),
        *(RestBegun(how) for how in Resting),
        QuietUntil(NOW.replace(day=21, hour=16)),
        *(OwnTimeShown(own) for own in OWN_TIMES),
        *(OwnTimeSet(own, MenuWish.SUITS_ANY_TIME) for own in OWN_TIMES),
        OwnTimeSet(OWN_TIMES[0], None, resting=True),
        WelcomeBack(),
        NothingWaits(),
        ToldBack("Sleep", "We bought a night light for the hall.", others=True),
        ToldBack("Sleep", "We bought a night light for the hall.", others=False),
        WhatWasDone(()),
        WhatWasDone((SaidAndDone("Sleep", "We bought a night light for the hall.", NOW.date()),)),
        OfferDeclined(),
        OfferGone(),
        WhenLater(OCCASION),
        *(PutOff(NOW.replace(day=day, hour=hour)) for day, hour in MOMENTS),
        RunGone(),
        *(RunAlreadyOver(status) for status in RunStatus),
    )
    for each in tapped:
        yield Sample(_name(each), (each,), tapped=True)


OWN_TIMES = tuple(
    OwnTime(AgeBand.EIGHT_TO_ELEVEN, None, suits, days)
    for suits, days in zip((None, *Suits), (1, 7, 14, 28), strict=True)
)
MOMENTS = ((16, 9), (17, 11), (18, 12), (19, 15), (20, 18), (21, 16), (22, 0), (22, 23))


def _name(telling: Telling) -> str:
    match telling:
        case RestBegun(how):
            return f"RestBegun {how}"
        case Menu(quiet):
            return f"Menu, quiet {quiet}"
        case OwnTimeShown(own):
            return f"OwnTimeShown {_own(own)}"
        case OwnTimeSet(own, undo, resting):
            what = "changed" if undo else "as before"
            return f"OwnTimeSet {_own(own)}, {what}{', resting' if resting else ''}"
        case PutOff(until):
            return f"PutOff until {until:%A %H:%M}"
        case ToldBack(others=others):
            return f"ToldBack{', others said it too' if others else ''}"
        case WhatWasDone(found):
            return f"WhatWasDone, {len(found)}"
        case RunAlreadyOver(status):
            return f"RunAlreadyOver {status}"
        case _:
            return type(telling).__name__


def _own(own: OwnTime) -> str:
    return f"{own.suits or 'any time'} {own.at_most_days}"


def _theirs() -> Iterator[Sample]:
    """Their words, their goals, and what we know of them."""
    tapped: tuple[Telling, ...] = (
        SharingAsked(WORDS),
        SharingAsked(WORDS, Sharing.WORKER),
        *(SharingSet(WORDS, each) for each in Sharing),
        WordsGone(),
        GoalsShown(()),
        GoalsShown(GOALS[:1]),
        GoalsShown(GOALS),
        GoalShown(GOALS[1]),
        GoalWanted(),
        GoalWanted(GOALS[0].id),
        EnoughGoals(),
        GoalNumberKept(GOALS[0], 4),
        GoalNumberKept(GOALS[2], 3, 7),
        *(GoalPutAway(how) for how in GoalEnd),
        *(GoalsOffered(some) for some in (False, True)),
        AboutMe(3, 12, 2, "https://chat.example.org/chat/mine"),
        SeeingNoted(DUE),
        WrongWanted(),
        SureToForget(),
        *(ForgettingNoted(DUE.replace(month=month)) for month in range(1, 13)),
    )
    for number, each in enumerate(tapped, start=1):
        yield Sample(f"theirs {number}: {type(each).__name__}", (each,), tapped=True)
    typed: tuple[Telling, ...] = (GoalKept(GOALS[0]), WrongNoted(DUE))
    for each in typed:
        yield Sample(f"theirs: {type(each).__name__}", (each,))
    yield Sample("theirs: a long goal", (WordsTooLong(4000), GoalKept(GOALS[0])))


DUE = date(2026, 12, 18)
GOALS = (
    GoalTold("01hv3kq8zw2x4y6d", WORDS),
    GoalTold("01hv3kq8zw2x4y6e", WORDS, 4, 4),
    GoalTold("01hv3kq8zw2x4y6f", WORDS, 2, 7),
)


def _replies() -> Iterator[Sample]:
    for team in (HERE, AWAY):
        when = "in hours" if team.here else "out of hours"
        yield Sample(f"WordsReceived {when}", (WordsReceived(team, WORDS),))
    for team in ODD:
        yield Sample(f"WordsReceived, the team turns {team.turns:%A %H:%M}", (WordsReceived(team),))
    yield Sample("EditReceived", (EditReceived(WORDS),))
    yield Sample("WordsTooLong", (WordsTooLong(4000), WordsReceived(AWAY, words=WORDS)))
    for kind in Media:
        yield Sample(f"MediaNotKept {kind}", (MediaNotKept(kind),))
    yield Sample("MediaNotKept photo with words", (MediaNotKept(Media.PHOTO, WORDS),))
    for quiet in Quiet:
        yield Sample(f"NotUnderstood, quiet {quiet}", (NotUnderstood(quiet),), tapped=True)


def _offering(instrument: Instrument, voice: Voice) -> Iterator[Sample]:
    name = instrument.id
    run = play(begin(instrument, voice), instrument, Passed(1, Declination.SKIP)).run
    half_done = HalfDone(run, instrument, 1, len(instrument.items))
    yield Sample(f"{name}: offered by the clock", (Offered(OCCASION, instrument),))
    yield Sample(f"{name}: offered again", (Offered(OCCASION, instrument, 1),))
    yield Sample(f"{name}: offered for the last time", (Offered(OCCASION, instrument, 2),))
    only_once = Offered(OCCASION, instrument, 1, last=True)
    yield Sample(f"{name}: offered again, for the last time", (only_once,))
    yield Sample(f"{name}: offered after yes", (Joined(), Offered(OCCASION, instrument)), True)
    yield Sample(f"{name}: half done", (half_done,))
    for answered in (0, 1):
        again = replace(half_done, answered=answered, reminder=1)
        yield Sample(f"{name}: {answered} done, reminded", (again,))
        last = replace(again, reminder=2, last=True)
        yield Sample(f"{name}: {answered} done, reminded for the last time", (last,))
    yield Sample(f"{name}: who sees, half done", (WhoSees(run),), tapped=True)
    asked = SharingAsked(WORDS, can_go_on=run)
    yield Sample(f"{name}: who may read, half done", (asked,), tapped=True)
    put_off = PutOff(NOW.replace(day=21, hour=16), run)
    yield Sample(f"{name}: put off, half done", (put_off,), tapped=True)
    chosen = OwnTimeSet(OWN_TIMES[2], MenuWish.SUITS_ANY_TIME, can_go_on=run)
    yield Sample(f"{name}: own time chosen, half done", (chosen,), tapped=True)
    yield Sample(f"{name}: came back, half done", (WelcomeBack(), half_done), tapped=True)


def _answering(instrument: Instrument, voice: Voice) -> Iterator[Sample]:
    first = begin(instrument, voice)
    value = instrument.items[0].choices[0].value
    second = play(first, instrument, Tapped(1, value))
    changed = play(second, instrument, AskedToChange(1))
    turns = {
        "begun": first,
        "tapped": second,
        "carried on": play(second, instrument, Paused(), CameBack()),
        "answer changed": play(
            changed, instrument, Tapped(3, instrument.items[0].choices[-1].value)
        ),
        **{f"passed with {how}": play(first, instrument, Passed(1, how)) for how in Declination},
        **{
            type(given).__name__: play(second, instrument, given)
            for given in (AskedWhy(2), WentBack(2), Paused(), StoppedHere(), AskedToChange(1))
        },
    }
    for what, turn in turns.items():
        yield _turned(what, instrument, turn, tapped=True)
    yield _turned("tapped, told by the repair", instrument, second, tapped=False)


def _odd_input(instrument: Instrument, voice: Voice) -> Iterator[Sample]:
    first = begin(instrument, voice)
    value, other = (instrument.items[0].choices[at].value for at in (0, -1))
    second = play(first, instrument, Tapped(1, value))
    typed = Typed("the wind was loud", WORDS)
    dropped = replace(second, events=(AnswersDropped(("x",)), *second.events))
    for what, turn in {
        "tapped after the end": play(second, instrument, StoppedHere(), Tapped(2, 1)),
        "repeated tap": play(second, instrument, Tapped(1, value)),
        "old tap": play(second, instrument, Tapped(1, other)),
        "forged tap": play(second, instrument, Tapped(2, 98)),
        "answers dropped": dropped,
    }.items():
        yield _turned(what, instrument, turn, tapped=True)
    while_paused = play(second, instrument, Paused(), typed)
    for what, turn in {
        "words instead of a tap": play(second, instrument, typed),
        "words again": play(second, instrument, typed, typed),
        "words while paused": while_paused,
        "time ran out": play(second, instrument, TimeRanOut()),
        "held": play(second, instrument, Held()),
    }.items():
        yield _turned(what, instrument, turn, tapped=False)
    received = (*_about(instrument, while_paused), WordsReceived(HERE))
    yield Sample(f"{instrument.id}: words while paused, received", received)
    again = _about(instrument, play(first, instrument, CameBack()))
    yield Sample(f"{instrument.id}: asked anew", (SaidAgain(), *again))
    if "talk" in instrument.by_id:
        good_week = play(first, instrument, Tapped(1, other)).run
        gone = replace(good_week, asked=("talk", *good_week.asked))
        turn = Turn(gone, (TapWasOld(1, "talk"),))
        yield _turned("tap on a question that has gone", instrument, turn, tapped=True)


def _about(instrument: Instrument, turn: Turn) -> tuple[Telling, ...]:
    return (AboutRun(instrument, turn.run, turn.events),)


def _turned(what: str, instrument: Instrument, turn: Turn, *, tapped: bool) -> Sample:
    return Sample(f"{instrument.id}: {what}", _about(instrument, turn), tapped)


def _ending(instrument: Instrument, first: Turn) -> Iterator[Sample]:
    name = instrument.id
    for where, place in (("lowest", 0), ("highest", -1)):
        done = finish(first, instrument, step_of_scale=place)
        about = AboutRun(instrument, done.run, done.events)
        yield Sample(f"{name}: finished, {where} answers", (about,), tapped=True)
        if instrument.picture:
            before = {item.id: 2 for item in instrument.items if item.scored}
            first_time = PictureReady(instrument, done.run, {})
            again = PictureReady(instrument, done.run, before)
            yield Sample(f"{name}: first picture, {where}", (about, first_time), tapped=True)
            yield Sample(f"{name}: next picture, {where}", (about, again), tapped=True)
            wanted = (about, SomebodyWillTalk(HERE), again)
            yield Sample(f"{name}: picture and a person, {where}", wanted, tapped=True)
    passed = _pass_all(first, instrument)
    yield Sample(
        f"{name}: nothing answered",
        (
            AboutRun(instrument, passed.run, passed.events),
            PictureReady(instrument, passed.run, {instrument.items[0].id: 4}),
        ),
        tapped=True,
    )


def _rare(instrument: Instrument, first: Turn) -> Iterator[Sample]:
    """Yield what the engine does not bring about by itself, or only in odd company."""
    name = instrument.id
    nothing = PictureReady(instrument, first.run, {instrument.items[0].id: 77})
    yield Sample(f"{name}: picture of a run that has no answers", (nothing,))
    in_words = replace(first.run, answers={item.id: Written(WORDS) for item in instrument.items})
    yield Sample(f"{name}: picture of words", (PictureReady(instrument, in_words, {}),))
    odd = replace(first.run, answers={})
    events = (TapWasUnknown(), RunHeld(), RunWasOver(RunStatus.LAPSED))
    yield Sample(f"{name}: odd events at once", (AboutRun(instrument, odd, events),))
    item = instrument.items[0]
    repeated = TapRepeated(1, item.id, Chosen(item.choices[0].value))
    yield Sample(f"{name}: repeat, untapped", (AboutRun(instrument, odd, (repeated,)),))
    kept = AboutRun(instrument, first.run, (WordsKept(item.id, WORDS),))
    yield Sample(f"{name}: words kept while open", (kept,))


def _pass_all(turn: Turn, instrument: Instrument) -> Turn:
    ways = list(Declination)
    while not turn.run.status.over:
        how = ways[turn.run.step % 3]
        turn = engine.resume(instrument, turn.run, Passed(turn.run.step, how), NOW)
    return turn


def all_samples() -> Sequence[tuple[str, Listener, Sample]]:
    """Return every sample with the listener who is told it."""
    return [
        (who, listener, sample)
        for who, listener in LISTENERS.items()
        for sample in samples_for(listener)
    ]

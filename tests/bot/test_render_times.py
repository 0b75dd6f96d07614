"""When we ask, how often, and quiet: every such telling is whole, short and plain for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.callbacks import LONGEST_DATA, parse
from bot.render import render
from surveys.conversation import RunStatus
from surveys.instrument import Instrument
from surveys.people import AgeBand, OwnTime, Role, Suits, voice_for
from surveys.wording import Kind, check
from surveys.wording_rules import WordingRule
from tests.bot.samples import INSTRUMENTS, NOW, OCCASION, begin
from tests.bot.told import CARER, CHILD, TEENAGER, buttons, new, star_for
from usecases.arrival import Channel, MenuInput, MenuWish, UnknownInput
from usecases.choosing_times import CHOICES, PACES, PARTS
from usecases.quiet import (
    HowLongToRest,
    OwnTimeSet,
    OwnTimeShown,
    Quiet,
    QuietUntil,
    RestBegun,
    Resting,
    WelcomeBack,
)
from usecases.telling import (
    HalfDone,
    Listener,
    Menu,
    NotUnderstood,
    Offered,
    PutOff,
    RunAlreadyOver,
    Telling,
    WhenLater,
)

SCOLDING = ("remind", "yet", "forgot", "left to", "not answered", "waiting for you")
PLAIN = (
    WordingRule.BANNED_WORD,
    WordingRule.GUILT,
    WordingRule.STREAK,
    WordingRule.PRESSURE,
    WordingRule.PRAISE,
    WordingRule.PROMISE,
    WordingRule.EXCLAMATION,
    WordingRule.READING_AGE,
    WordingRule.NAME,
    WordingRule.IDIOM,
    WordingRule.PREVIEW,
    WordingRule.EMPTY,
)


@st.composite
def listeners(draw: st.DrawFn) -> Listener:
    role = draw(st.sampled_from(Role))
    bands = [band for band in AgeBand if (band is AgeBand.ADULT) is not (role is Role.YOUNG_PERSON)]
    band = draw(st.sampled_from(bands))
    return Listener(role, band, voice_for(role, band), draw(st.sampled_from(Channel)))


own_times = st.builds(
    OwnTime,
    st.sampled_from(AgeBand),
    st.none(),
    st.none() | st.sampled_from(Suits),
    st.integers(1, 400),
)
moments = st.integers(0, 60 * 24 * 14).map(lambda minutes: NOW + timedelta(minutes=minutes))


def tellings_about(instrument: Instrument, listener: Listener) -> st.SearchStrategy[Telling]:
    voice = listener.voice if listener.voice in instrument.voices else instrument.voices[0]
    run = begin(instrument, voice).run
    runs = st.none() | st.just(run)
    counts = st.integers(0, 3)
    return st.one_of(
        st.builds(OwnTimeShown, own_times),
        st.builds(OwnTimeSet, own_times, st.none() | st.sampled_from(CHOICES), st.booleans(), runs),
        st.builds(QuietUntil, moments),
        st.builds(PutOff, moments, runs),
        st.builds(Menu, st.sampled_from(Quiet)),
        st.builds(NotUnderstood, st.sampled_from(Quiet)),
        st.builds(Offered, st.just(OCCASION), st.just(instrument), counts, st.booleans()),
        st.builds(
            HalfDone,
            st.just(run),
            st.just(instrument),
            st.integers(0, 8),
            st.integers(8, 12),
            counts,
            st.booleans(),
        ),
        st.builds(RestBegun, st.sampled_from(Resting)),
        st.builds(RunAlreadyOver, st.sampled_from(RunStatus)),
        st.sampled_from([HowLongToRest(), WelcomeBack(), WhenLater(OCCASION)]),
    )


@given(st.data(), listeners())
def test_no_telling_about_times_is_empty_or_too_long_or_jargon(
    data: st.DataObject, listener: Listener
) -> None:
    tapped = data.draw(st.booleans())
    mine = [each for each in INSTRUMENTS if each.role is listener.role]
    told = data.draw(tellings_about(data.draw(st.sampled_from(mine)), listener))
    said = new(render([told], listener, tapped=tapped))
    assert len(said) == 1
    for message in said:
        found = check(message.text, listener.voice, "here", Kind.PART)
        assert [each for each in found if each.rule in PLAIN] == []
        found = check(message.text, listener.voice, "here", Kind.MESSAGE)
        assert [each for each in found if each.rule is WordingRule.PREVIEW] == []
        assert message.text.strip()
    for button in buttons(said):
        assert button.label.strip()
        assert 0 < len(button.data.encode()) <= LONGEST_DATA
        assert not isinstance(parse(button.data), UnknownInput)
    assert MenuInput(MenuWish.HELP) in [parse(button.data) for button in buttons(said)]


def shown(own: OwnTime, listener: Listener) -> Sequence[str]:
    (message,) = new(render([OwnTimeShown(own)], listener, tapped=True))
    return [button.label for button in buttons([message])]


@given(own_times, listeners())
def test_one_choice_of_each_kind_carries_a_tick(own: OwnTime, listener: Listener) -> None:
    labels = shown(own, listener)
    ticks = [label.startswith("✓ ") for label in labels]
    assert sum(ticks[: len(PARTS)]) == sum(ticks[len(PARTS) : len(PARTS) + len(PACES)]) == 1
    assert sum(ticks) == 2
    assert max(map(len, labels)) <= 20


@given(st.sampled_from([CHILD, TEENAGER, CARER]), st.integers(0, 1), st.integers(0, 8))
def test_no_reminder_counts_what_was_not_done(
    listener: Listener, before_last: int, answered: int
) -> None:
    """What is counted is what they did; that it was asked before is not held against anybody."""
    instrument = star_for(listener)
    run = begin(instrument, instrument.voices[0]).run
    for told in (
        Offered(OCCASION, instrument, 2 - before_last, last=not before_last),
        HalfDone(run, instrument, answered, 8, 2 - before_last, last=not before_last),
    ):
        (message,) = new(render([told], listener, tapped=False))
        words = message.text.casefold()
        assert not any(word in words for word in SCOLDING)
        assert ("i will not ask about these again" in words) is not bool(before_last)


def test_the_two_reminders_of_each_kind_differ_and_so_do_the_kinds() -> None:
    for listener in (CHILD, TEENAGER, CARER):
        instrument = star_for(listener)
        run = begin(instrument, instrument.voices[0]).run
        told: list[Telling] = [
            Offered(OCCASION, instrument, 1),
            Offered(OCCASION, instrument, 2, last=True),
            HalfDone(run, instrument, 3, 8, 1),
            HalfDone(run, instrument, 3, 8, 2, last=True),
        ]
        texts = {new(render([each], listener, tapped=False))[0].text for each in told}
        assert len(texts) == len(told)

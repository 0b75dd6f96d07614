"""What is said about when the team is there is true: at each moment named, people really are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.render import build_renderer
from followups.hours import DutyHours, Hours, packaged_hours
from followups.schedule import LocalRhythm
from surveys.concerns import ConcernCategory, ConcernLevel
from surveys.phrasebook import phrasebook
from tests.bot.samples import LISTENERS
from tests.bot.told import CARER, CHILD, TEENAGER
from usecases.presence import Presence, look_for_team
from usecases.telling import (
    ConcernHeard,
    HelpNow,
    Listener,
    NothingWaits,
    SomebodyWillTalk,
    Telling,
    WordsReceived,
)
from usecases.welcome import JoinPage

LONDON = ZoneInfo("Europe/London")
MONTHS = {
    name: number
    for number, name in enumerate(
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        start=1,
    )
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def with_duty(opens: str, closes: str) -> LocalRhythm:
    duty = DutyHours.model_validate({"opens": opens, "closes": closes})
    hours: Hours = packaged_hours().model_copy(update={"duty": duty})
    return LocalRhythm(LONDON, hours=hours)


RHYTHMS = [
    LocalRhythm(LONDON),
    with_duty("10:00", "16:00"),
    with_duty("08:15", "19:45"),
    with_duty("00:30", "02:10"),  # the hour that the clocks take away, or give twice, lies in it
]
CLOCK = (
    r"(?:(?P<half>half past|quarter past|quarter to) )?(?P<hour>\d+)(?::(?P<minute>\d\d))?"
    r"(?: o'clock)?(?P<part> in the morning| in the evening)?"
)
CLOSES = re.compile(rf"today until {CLOCK}\.|today until {CLOCK.replace('?P<', '?P<or_')},")
BACK = re.compile(
    rf"(?:back|That is) (?P<day>today|tomorrow|on [A-Z]\w+day(?: \d+ [A-Z]\w+)?) at {CLOCK}[. ]"
)


def read_clock(found: re.Match[str], prefix: str = "") -> time:
    """Return the time that a reader understands: without a part of the day it is daytime."""
    parts = {name: found.group(f"{prefix}{name}") for name in ("half", "hour", "minute", "part")}
    hour = int(parts["hour"]) % 12
    minutes = hour * 60 + int(parts["minute"] or 0)
    minutes += {None: 0, "half past": 30, "quarter past": 15, "quarter to": -15}[parts["half"]]
    part = parts["part"]
    evening = part == " in the evening" or (part is None and minutes < 6 * 60)
    minutes += 12 * 60 if evening else 0
    return (
        datetime.combine(date.min + timedelta(days=1), time()) + timedelta(minutes=minutes)
    ).time()


def read_day(said: str, today: date) -> date:
    """Return the day that a reader understands by these words."""
    if said in ("today", "tomorrow"):
        return today + timedelta(days=said == "tomorrow")
    name, *dated = said.removeprefix("on ").split(" ", 1)
    if not dated:
        return next(
            day
            for day in (today + timedelta(days=ahead) for ahead in range(1, 8))
            if WEEKDAYS[day.weekday()] == name
        )
    number, month = dated[0].split()
    years = (today.year, today.year + 1)
    days = [date(year, MONTHS[month], int(number)) for year in years]
    day = next(day for day in days if day >= today)
    assert WEEKDAYS[day.weekday()] == name
    return day


def told_about(team: Presence) -> list[Telling]:
    kinds = (ConcernCategory.BULLYING, ConcernCategory.ALLEGATION)
    return [
        WordsReceived(team),
        HelpNow(team),
        SomebodyWillTalk(team),
        *(ConcernHeard(ConcernLevel.CONCERN, (kind,), team) for kind in kinds),
    ]


MOMENTS = st.integers(0, 366 * 24 * 60 - 1).map(
    lambda minute: datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


@pytest.mark.parametrize("rhythm", RHYTHMS, ids=["9 to 5", "10 to 4", "quarters", "at night"])
@given(now=MOMENTS)
@example(now=datetime(2026, 12, 24, 18, 0, tzinfo=UTC))
@example(now=datetime(2026, 12, 25, 11, 0, tzinfo=UTC))
@example(now=datetime(2026, 10, 25, 0, 59, tzinfo=UTC))
@example(now=datetime(2027, 3, 28, 0, 59, tzinfo=UTC))
@example(now=datetime(2027, 3, 26, 17, 0, tzinfo=UTC))
def test_at_each_moment_that_is_said_the_team_is_really_there(
    rhythm: LocalRhythm, now: datetime
) -> None:
    """Over a year, with its bank holidays and both changes of the clocks."""
    team = look_for_team(rhythm, now)
    today = rhythm.local(now).date()
    assert team.here is rhythm.staffed(now)
    speak = build_renderer(hours=rhythm.hours)
    for listener in (CHILD, TEENAGER, CARER):
        for telling in told_about(team):
            text = "\n".join(each.text for each in speak([telling], listener, tapped=False))
            if team.here:
                found = CLOSES.search(text)
                assert found, text
                prefix = "" if found.group("hour") else "or_"
                closes = rhythm.instant(today, read_clock(found, prefix))
                assert rhythm.staffed(closes - timedelta(seconds=1))
                assert not rhythm.staffed(closes)
                assert all(rhythm.staffed(each) for each in hours_between(now, closes))
            else:
                found = BACK.search(text)
                assert found, text
                back = rhythm.instant(read_day(found.group("day"), today), read_clock(found))
                assert rhythm.staffed(back)
                assert not any(rhythm.staffed(each) for each in hours_between(now, back))


def hours_between(first: datetime, last: datetime) -> list[datetime]:
    """Return moments from one to the other, without the last."""
    whole = int((last - first) / timedelta(minutes=30)) + 1
    moments = [first + timedelta(minutes=30 * number) for number in range(whole)]
    return [each for each in moments if each < last]


def said(rhythm: LocalRhythm, now: datetime, listener: Listener = CHILD) -> str:
    (message,) = build_renderer(hours=rhythm.hours)(
        [WordsReceived(look_for_team(rhythm, now))], listener, tapped=False
    )
    return message.text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-12-24 18:00", "They are back on Tuesday 29 December at 9 o'clock."),
        ("2026-12-25 11:00", "They are back on Tuesday 29 December at 9 o'clock."),
        ("2026-12-28 11:00", "They are back tomorrow at 9 o'clock."),
        ("2026-09-22 07:00", "They are back today at 9 o'clock."),
        ("2026-09-25 17:00", "They are back on Monday at 9 o'clock."),
        ("2026-09-27 12:00", "They are back tomorrow at 9 o'clock."),
        ("2026-09-22 15:00", "They are there today until 5 o'clock."),
    ],
)
def test_when_they_are_back_is_said_as_people_say_it(moment: str, words: str) -> None:
    assert words in said(RHYTHMS[0], datetime.fromisoformat(moment).replace(tzinfo=LONDON))


def test_a_service_with_hours_of_its_own_names_its_own_hours_everywhere() -> None:
    """From the file by which alerts fall due, not from words."""
    own = with_duty("10:00", "16:00")
    assert "today until 4 o'clock" in said(own, datetime(2026, 9, 22, 14, 0, tzinfo=UTC))
    speak = build_renderer("01234 567890", own.hours)
    for listener in LISTENERS.values():
        for telling in (JoinPage(1), NothingWaits()):
            text = speak([telling], listener, tapped=False)[0].text
            assert "Monday to Friday, 10 to 4, but not on bank holidays." in text
    team = look_for_team(own, datetime(2026, 9, 22, 14, 0, tzinfo=UTC))
    (shown,) = speak([HelpNow(team)], CARER, tapped=True)
    assert "call 01234 567890. Monday to Friday, 10 to 4." in shown.text


def test_no_phrase_names_an_hour_of_the_team_itself() -> None:
    spoken = [sentence.text for sentence in phrasebook().sentences()]
    assert [text for text in spoken if re.search(r"9 to 5|\d o'clock|until \d", text)] == []

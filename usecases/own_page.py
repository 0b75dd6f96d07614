"""What we know about somebody, told so that they can read it; what the team noted comes on demand.

It adds nothing that is not stored and opens nothing: it speaks about an export. What others may be
named in, which is what the team wrote down, is told only once two people have released it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from storage import nudges, people
from storage.casework import Casework
from surveys.people import AgeBand, Role, Voice, voice_for
from surveys.phrasebook import phrasebook
from usecases import rights, wishes
from usecases.everything import Everything, GivenRun, MadeWish, OwnWords, RatedGoal, Support
from usecases.service import Service

Local = Callable[[datetime], datetime]

_OURS: Final = "web"
"""The one chat of which nobody else keeps a copy."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what we say, and below it what they said themselves, where they did."""

    ours: str
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together, under a heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The page about one person; `whole`: with what the team wrote down."""

    voice: Voice
    title: str
    intro: tuple[str, ...]
    sections: tuple[Section, ...]
    whole: bool


async def page_for_visitor(service: Service, visitor: int, now: datetime) -> OwnPage | None:
    """Return the page about whoever speaks with us in this browser; None for somebody unknown."""

    def work(casework: Casework) -> OwnPage | None:
        whose = nudges.whose_browser(casework, visitor)
        person = people.load_person(casework, whose) if whose is not None else None
        if person is None:
            return None
        everything = rights.gather(service, casework, person.id)
        whole = wishes.is_released(casework, person.id, now)
        return tell_page(everything, service.rhythm.local, whole=whole)

    return await service.lane.read(lambda connection: work(service.open(connection)))


def tell_page(everything: Everything, local: Local, *, whole: bool) -> OwnPage:
    """Return the page about somebody, from all that is stored; `local` gives their own time."""
    voice = voice_for(Role(everything.role), AgeBand(everything.age_band))
    intro = ["page-intro", "page-whole" if whole else "page-short"]
    if any(each.channel != _OURS for each in everything.chats):
        intro.append("page-app")
    return OwnPage(
        voice=voice,
        title=_say("page-title", voice),
        intro=tuple(_say(each, voice) for each in intro),
        sections=tuple(tell_plainly(everything, local, whole=whole)),
        whole=whole,
    )


def _as_stored(moment: datetime) -> datetime:
    return moment


def tell_plainly(
    everything: Everything, local: Local = _as_stored, *, whole: bool = False
) -> list[Section]:
    """Return all that somebody told us, in sections to read; those with nothing in are left out.

    whole: also what the team wrote down about them and their support. In words for staff, as it
    stands: two people have looked through it, and somebody can sit beside whoever reads it.
    """
    told = _Telling(everything, local)
    sections = [
        told.about_you(),
        told.agreed(),
        told.answers(),
        told.words(),
        told.goals(),
        told.wishes(),
        told.asked(),
        told.totals(),
    ]
    if whole:
        sections += [told.messages(), told.team()]
    return [each for each in sections if each.lines]


def _say(name: str, voice: Voice, **values: str | int) -> str:
    return phrasebook().say(f"rights.{name}", voice, **values)


def _plain(value: object) -> str:
    """Return a stored value as words."""
    match value:
        case bool():
            return "yes" if value else "no"
        case date():
            return f"{value.day} {value:%B %Y}"
        case _:
            return str(value).replace("-", " ")


@dataclass(frozen=True, slots=True)
class _Telling:
    """One export, and the time in which its days are told."""

    everything: Everything
    local: Local

    @property
    def _voice(self) -> Voice:
        return voice_for(Role(self.everything.role), AgeBand(self.everything.age_band))

    def _say(self, name: str, **values: str | int) -> str:
        return _say(name, self._voice, **values)

    def _day(self, moment: datetime) -> str:
        return _plain(self.local(moment).date())

    def _section(self, heading: str, lines: Iterable[Line]) -> Section:
        return Section(self._say(heading), tuple(lines))

    def about_you(self) -> Section:
        return self._section("you-heading", self._about_you())

    def _about_you(self) -> Iterator[Line]:
        known = self.everything
        if known.role == Role.YOUNG_PERSON:
            yield Line(self._say("you-young", age=known.age_band))
        else:
            yield Line(self._say("you-grown"))
        standing = {"joined": "you-in", "stopped": "you-stopped"}
        yield Line(self._say(standing.get(known.standing, "you-not-in")))
        linked = [each.linked_at for each in known.chats]
        if linked:
            yield Line(self._say("you-since", day=self._day(min(linked))))
        if known.email is not None:
            yield Line(self._say("you-mail", mail=known.email.address))

    def agreed(self) -> Section:
        return self._section(
            "agreed-heading",
            (
                Line(f"{_plain(each.day)}: {_plain(each.agreed_by)}")
                for each in self.everything.agreements
            ),
        )

    def answers(self) -> Section:
        lines = [line for run in self.everything.runs for line in self._answers(run)]
        return self._section("answers-heading", lines or [Line(self._say("answers-none"))])

    def _answers(self, run: GivenRun) -> Iterator[Line]:
        for each in run.answers:
            if each.stands:
                ours = f"{self._day(each.given_at)}: {each.question_as_shown}"
                yield Line(ours, each.label)

    def words(self) -> Section:
        lines = [self._words(each) for each in self.everything.words]
        return self._section("words-heading", lines or [Line(self._say("words-none"))])

    def _words(self, written: OwnWords) -> Line:
        read = "words-unread" if written.read_at is None else "words-read"
        return Line(f"{self._day(written.received_at)}: {self._say(read)}", written.text)

    def goals(self) -> Section:
        return self._section("goals-heading", (self._goal(each) for each in self.everything.goals))

    def _goal(self, goal: RatedGoal) -> Line:
        rated = [f"{self._day(each.at)}: {each.value}/10" for each in goal.ratings]
        return Line(", ".join([self._day(goal.made_at), *rated]), goal.text)

    def wishes(self) -> Section:
        lines = (self._wish(each) for each in self.everything.wishes)
        return self._section("wishes-heading", lines)

    def _wish(self, wish: MadeWish) -> Line:
        wanted = self._say(f"wish-{wish.kind}")
        if wish.decided_at is None:
            became = self._say("wish-open", day=self._day(wish.due_at))
        else:
            became = self._say("wish-refused" if wish.decision == "refused" else "wish-done")
        return Line(f"{self._day(wish.at)}: {wanted} {became}")

    def asked(self) -> Section:
        offered = [each.offered_at for each in self.everything.moments if each.offered_at]
        days = dict.fromkeys(self._day(each) for each in sorted(offered))
        return self._section("asked-heading", (Line(each) for each in days))

    def totals(self) -> Section:
        lines = [Line(self._say("totals-words"))] if self.everything.numbers else []
        return self._section("totals-heading", lines)

    def messages(self) -> Section:
        return self._section(
            "messages-heading",
            (
                Line(self._day(each.made_at), each.text)
                for each in self.everything.messages
                if each.text
            ),
        )

    def team(self) -> Section:
        return self._section("team-heading", self._team())

    def _team(self) -> Iterator[Line]:
        known = self.everything
        for support in known.support:
            yield from self._support(support)
        for given in known.characteristics:
            by = _plain(given.given_by)
            yield Line(f"{_plain(given.what)}: {_plain(given.value)} (said by {by})".capitalize())
        for hold in known.holds:
            yield Line(f"{self._day(hold.since)}: asked nothing ({_plain(hold.reason)})")
        for quiet in known.quiet_times:
            yield Line(f"{self._day(quiet.at)}: {_plain(quiet.kind)}")
        for concern in known.concerns:
            about = ", ".join(_plain(each) for each in concern.about)
            yield Line(f"{self._day(concern.raised_at)}: {_plain(concern.level)} ({about})")
        for note in known.staff_notes:
            yield Line(f"{self._day(note.at)}: {_plain(note.kind)}")
        for each in known.numbers:
            scores = ", ".join(f"{_plain(item)} {value}" for item, value in each.scores.items())
            yield Line(f"{_plain(each.day)}: {_plain(each.instrument)} ({scores})")

    def _support(self, support: Support) -> Iterator[Line]:
        ended = f" to {support.closed_on}" if support.closed_on else ""
        parts = (support.intervention, support.strand, support.lives, support.commissioner)
        about = ", ".join(_plain(each) for each in parts)
        yield Line(f"From {support.opened_on}{ended}: {about}")
        for change in support.changes:
            was, became = _plain(change.was or "nothing"), _plain(change.became or "nothing")
            yield Line(f"{_plain(change.day)}: {_plain(change.what)} from {was} to {became}")
        if support.noted is not None:
            for name, value in support.noted:
                if value is not None:
                    yield Line(f"{name.replace('_', ' ')}: {_plain(value)}".capitalize())
        for total in support.totals:
            by = _plain(total.informant)
            yield Line(f"{_plain(total.day)}: questionnaire answered by {by}, total {total.total}")

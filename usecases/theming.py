"""Themes: what young people talk about, sorted by those who read it, and what was done about it.

It must not repeat anybody's words; exact numbers are for the staff, who have the words before them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from outcomes.indicators import Reply
from outcomes.quarter import Period, Quarter
from storage import audit, reply_tellings, themes
from storage.casework import Casework
from storage.themes import NEVER_RAISED, Raised, StoredReply, Theme
from usecases import reading
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.theme_words import check_reply, check_title, slug_of

T = TypeVar("T")

LONG: Final = timedelta(weeks=6)
"""After this time without anything done, a theme is shown as waiting for long."""

REPLIES_SHOWN: Final = timedelta(days=365)
"""How far before the end of a period replies are shown with its figures."""


_NO_THEME: Final = "There is no such theme: `starling themes list` and the themes page show all."
_NO_WORDS: Final = (
    "These words are not there, no young person wrote them, or whoever did wants them only kept."
)
_TAKEN: Final = "Another theme is called like that already, or nearly so: use that one."
_RETIRED: Final = "There was such a theme, and it was retired: take it up again on the themes page."
_FUTURE: Final = "Give the day on which it was done: today or before."


@dataclass(frozen=True, slots=True)
class Sorting:
    """What somebody changed about the themes of some words; `new` is the title of a new theme."""

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()
    new: str = ""


@dataclass(frozen=True, slots=True)
class ThemeOnList:
    """A theme as staff see it: how many raised it, and what was done about it, the newest first.

    `waits_long`: somebody raised it a long time ago, and nothing was done since.
    """

    theme: Theme
    raised: Raised
    replies: tuple[StoredReply, ...]
    waits_long: bool


@dataclass(frozen=True, slots=True)
class Sorted:
    """Themes beside some words: those to choose from, and by words the ones that were seen."""

    themes: tuple[Theme, ...]
    may_be_sorted: frozenset[str]
    seen: Mapping[str, frozenset[str]]

    def offered(self, words_id: str) -> list[Theme]:
        """Return the themes to choose from beside words, by title: those in use, those on them."""
        on_them = self.seen.get(words_id, frozenset())
        found = [each for each in self.themes if each.retired_at is None or each.slug in on_them]
        return sorted(found, key=lambda each: each.title.casefold())


# --- sorting words --------------------------------------------------------------------------------


async def read_and_sort(service: Service, words_id: str, sorting: Sorting, by: By) -> bool:
    """Say that a named person read words and which themes they saw; False when read before.

    Raises Refusal, with nothing done, where a theme cannot be added.
    """

    def work(casework: Casework) -> bool:
        if sorting != Sorting():
            sort_in(casework, words_id, sorting, by)
        return reading.read_in(casework, words_id, by)

    return await _write(service, work)


async def sort(service: Service, words_id: str, sorting: Sorting, by: By) -> None:
    """Change the themes of words, whether they were read or not. Raises Refusal."""
    await _write(service, lambda casework: sort_in(casework, words_id, sorting, by))


async def look_at_words(service: Service, words_ids: Collection[str]) -> Sorted:
    """Return the themes to choose from and those that were seen in these words."""

    def work(casework: Casework) -> Sorted:
        connection = casework.connection
        seen = themes.seen_in(connection, words_ids)
        return Sorted(
            themes=tuple(themes.list_all(connection)),
            may_be_sorted=frozenset(themes.may_be_told_on(connection, words_ids)),
            seen={each: frozenset(slugs) for each, slugs in seen.items()},
        )

    return await _read(service, work)


def sort_in(work: Casework, words_id: str, sorting: Sorting, by: By) -> None:
    """Change the themes of words inside a transaction. Raises Refusal."""
    if words_id not in themes.may_be_told_on(work.connection, [words_id]):
        raise Refusal(_NO_WORDS)
    added = set(sorting.add)
    if sorting.new.strip():
        added.add(add_in(work, sorting.new, by, use_known=True))
    known = _known(work)
    for slug in sorted(added):
        theme = _find(known, slug)
        if theme.retired_at is not None:
            raise Refusal(_RETIRED)
        if themes.tag(work, words_id, theme.id, by.who, by.now):
            audit.note(work, by.who, "saw theme in words", f"{theme.id} {words_id}", by.now)
    for slug in sorted(sorting.remove):
        theme = _find(known, slug)
        if themes.untag(work, words_id, theme.id):
            audit.note(work, by.who, "took theme off words", f"{theme.id} {words_id}", by.now)


# --- themes ---------------------------------------------------------------------------------------


async def add_theme(service: Service, title: str, by: By) -> str:
    """Add a theme; return its slug. Raises Refusal where there is one like it."""
    return await _write(service, lambda casework: add_in(casework, title, by))


def add_in(work: Casework, title: str, by: By, *, use_known: bool = False) -> str:
    """Add a theme inside a transaction and return its slug.

    use_known: take one that is called like that already; otherwise that is a Refusal.
    """
    tidy = check_title(title)
    alike = next((each for each in _known(work).values() if _is_like(each, tidy)), None)
    if alike is not None:
        if alike.retired_at is not None or not use_known:
            raise Refusal(_TAKEN if alike.retired_at is None else _RETIRED)
        return alike.slug
    theme_id = themes.add(work, slug := slug_of(tidy), tidy, by.who, by.now)
    audit.note(work, by.who, "added theme", theme_id, by.now)
    return slug


async def rename(service: Service, slug: str, title: str, by: By) -> None:
    """Give a theme another title; figures under the old one stay as they are. Raises Refusal."""

    def work(casework: Casework) -> None:
        known = _known(casework)
        theme, tidy = _find(known, slug), check_title(title)
        others = [each for each in known.values() if each.id != theme.id]
        if any(_is_like(each, tidy) for each in others):
            raise Refusal(_TAKEN)
        themes.rename(casework, theme.id, tidy)
        audit.note(casework, by.who, "renamed theme", theme.id, by.now)

    await _write(service, work)


async def retire(service: Service, slug: str, by: By) -> None:
    """Offer a theme no more; what was sorted under it stays. Raises Refusal."""
    await _set_retired(service, slug, by, "retired theme", by.now)


async def take_up_again(service: Service, slug: str, by: By) -> None:
    """Offer a retired theme again. Raises Refusal."""
    await _set_retired(service, slug, by, "took theme up again", None)


async def _set_retired(
    service: Service, slug: str, by: By, did: str, retired_at: datetime | None
) -> None:
    def work(casework: Casework) -> None:
        theme = _find(_known(casework), slug)
        if themes.set_retired(casework, theme.id, retired_at):
            audit.note(casework, by.who, did, theme.id, by.now)

    await _write(service, work)


def _is_like(theme: Theme, title: str) -> bool:
    """Tell whether a theme is called like that, now or when it was made."""
    slug = slug_of(title)
    return slug in (theme.slug, slug_of(theme.title))


# --- what was done --------------------------------------------------------------------------------


async def add_reply(
    service: Service, slug: str, did: str, day: date, by: By, *, names_nobody: bool = False
) -> str:
    """Write what was done, for all to read; names_nobody: somebody looked. Raises Refusal."""
    if day > service.rhythm.local(by.now).date():
        raise Refusal(_FUTURE)
    did = check_reply(did, names_nobody=names_nobody)
    return await _write(service, lambda casework: reply_in(casework, slug, did, day, by))


def reply_in(work: Casework, slug: str, did: str, day: date, by: By) -> str:
    """Write what was done, named nobody, inside a transaction; return the id. Raises Refusal."""
    theme, tidy = _find(_known(work), slug), check_reply(did, names_nobody=True)
    reply_id = themes.add_reply(work, theme.id, tidy, day, by.who, by.now)
    audit.note(work, by.who, "said what was done", reply_id, by.now)
    return reply_id


async def take_back(service: Service, reply_id: str, by: By) -> bool:
    """Take back what was said to be done and what waits to be told; False where it was before."""

    def work(casework: Casework) -> bool:
        done = themes.take_back(casework, reply_id, by.now)
        if done:
            reply_tellings.unsay(casework.connection, reply_id)
            audit.note(casework, by.who, "took back what was done", reply_id, by.now)
        return done

    return await _write(service, work)


# --- lists ----------------------------------------------------------------------------------------


async def list_themes(service: Service, now: datetime) -> list[ThemeOnList]:
    """Return every theme: those that wait for long first, then in use, then retired.

    How many lately: since this quarter began on the service's clock.
    """
    zone = ZoneInfo(service.zone)
    first_day = Quarter.containing(now.astimezone(zone).date()).first_day
    begun = datetime.combine(first_day, time.min, zone).astimezone(UTC)

    def work(casework: Casework) -> list[ThemeOnList]:
        raised = themes.count_raised(casework.connection, begun)
        replies = themes.standing_replies(casework.connection)[::-1]
        found = [
            _on_list(each, raised.get(each.id, NEVER_RAISED), replies, now)
            for each in themes.list_all(casework.connection)
        ]
        return sorted(
            found,
            key=lambda each: (
                each.theme.retired_at is not None,
                not each.waits_long,
                -each.raised.lately,
                each.theme.title,
            ),
        )

    return await _read(service, work)


def _on_list(
    theme: Theme, raised: Raised, replies: Iterable[StoredReply], now: datetime
) -> ThemeOnList:
    since = raised.waiting_since
    return ThemeOnList(
        theme=theme,
        raised=raised,
        replies=tuple(each for each in replies if each.theme_id == theme.id),
        waits_long=since is not None and now - since >= LONG,
    )


async def replies_up_to(service: Service, period: Period) -> tuple[Reply, ...]:
    """Return what was done in the year up to the end of a period, the oldest day first."""
    last = period.last_day

    def work(casework: Casework) -> tuple[Reply, ...]:
        known = {each.id: each for each in themes.list_all(casework.connection)}
        return tuple(
            Reply(
                known[each.theme_id].slug,
                known[each.theme_id].title,
                each.did,
                each.day.isoformat(),
            )
            for each in themes.standing_replies(casework.connection)
            if last - REPLIES_SHOWN < each.day <= last
        )

    return await _read(service, work)


async def themes_of(service: Service, period: Period | None = None) -> tuple[tuple[str, str], ...]:
    """Return slug and title of the themes, in the order in which they were made.

    Without a period those in use. With one, those that were in use at any time from its first day
    to the day on which its answers are frozen: nobody looked for the others in what they read.
    """
    local = service.rhythm.local

    def counts(theme: Theme) -> bool:
        if period is None:
            return theme.retired_at is None
        retired = theme.retired_at
        was_there = retired is None or local(retired).date() >= period.first_day
        return was_there and local(theme.made_at).date() <= period.freeze_date

    def work(casework: Casework) -> tuple[tuple[str, str], ...]:
        found = themes.list_all(casework.connection)
        return tuple((each.slug, each.title) for each in found if counts(each))

    return await _read(service, work)


# --- what all of them need ------------------------------------------------------------------------


def _known(work: Casework) -> dict[str, Theme]:
    return {each.slug: each for each in themes.list_all(work.connection)}


def _find(known: Mapping[str, Theme], slug: str) -> Theme:
    if slug not in known:
        raise Refusal(_NO_THEME)
    return known[slug]


async def _read(service: Service, work: Callable[[Casework], T]) -> T:
    return await service.lane.read(lambda connection: work(service.open(connection)))


async def _write(service: Service, work: Callable[[Casework], T]) -> T:
    def and_flush(casework: Casework) -> T:
        result = work(casework)
        casework.flush()
        return result

    return await service.lane.write(lambda connection: and_flush(service.open(connection)))

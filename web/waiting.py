"""What waits for staff: words to read and to sort by themes, the gravest first, and notices.

It shows what the use cases give and hands on what staff enter; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from storage.themes import Theme
from storage.words import WordsToRead
from usecases import reading, theming
from usecases.refusal import Refusal
from usecases.theme_words import LONGEST_TITLE
from usecases.theming import Sorted, Sorting
from web.access import read_signed_form
from web.desk import by, frame, name_people, site_of
from web.pages import go_to, show

_WAITING: Final = "/staff/words"
_AGAIN: Final = "/staff/words/again"
_THEME: Final = "theme-"
_LONGEST_TYPED: Final = 200


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody entered beside some words and what was wrong with it."""

    words: str
    sorting: Sorting
    message: str


@dataclass(frozen=True, slots=True)
class Chips:
    """The themes beside words: which are offered, which are ticked, and what was entered."""

    found: Sorted
    entered: Entered | None = None

    def offered(self, words: str) -> list[Theme]:
        """Return the themes to choose from; none where the words are not sorted."""
        return self.found.offered(words) if words in self.found.may_be_sorted else []

    def sorts(self, words: str) -> bool:
        """Tell whether these words are sorted by themes."""
        return words in self.found.may_be_sorted

    def seen(self, words: str) -> list[str]:
        """Return the themes that are stored with these words."""
        return sorted(self.found.seen.get(words, ()))

    def is_ticked(self, words: str, slug: str) -> bool:
        """Tell whether a theme is ticked: as stored, or as somebody just entered it."""
        stored = slug in self.found.seen.get(words, ())
        mine = self.of(words)
        if mine is None:
            return stored
        return (stored or slug in mine.sorting.add) and slug not in mine.sorting.remove

    def of(self, words: str) -> Entered | None:
        """Return what was entered beside these words and refused."""
        return self.entered if self.entered is not None and self.entered.words == words else None


def waiting_router() -> APIRouter:
    """Return the pages with what waits."""
    router = APIRouter(include_in_schema=False)
    _add_words(router)
    _add_again(router)
    _add_notices(router)
    return router


def _add_words(router: APIRouter) -> None:
    @router.get(_WAITING)
    async def words(request: Request) -> Response:
        return await _show_waiting(request)

    @router.post("/staff/words/{words}/read")
    async def mark_read(request: Request, words: str) -> Response:
        sorting = _sorting(await read_signed_form(request))
        try:
            await theming.read_and_sort(site_of(request).service, words, sorting, by(request))
        except Refusal as refusal:
            return await _show_waiting(request, Entered(words, sorting, str(refusal)))
        return go_to(_WAITING)


def _add_again(router: APIRouter) -> None:
    @router.get(_AGAIN)
    async def again(request: Request) -> Response:
        return await _show_again(request)

    @router.post("/staff/words/{words}/themes")
    async def sort(request: Request, words: str) -> Response:
        sorting = _sorting(await read_signed_form(request))
        try:
            await theming.sort(site_of(request).service, words, sorting, by(request))
        except Refusal as refusal:
            return await _show_again(request, Entered(words, sorting, str(refusal)))
        return go_to(_AGAIN)


def _add_notices(router: APIRouter) -> None:
    @router.post("/staff/notices/{notice}/seen")
    async def mark_seen(request: Request, notice: str) -> Response:
        await read_signed_form(request)
        await reading.mark_seen(site_of(request).service, notice, by(request))
        return go_to(_WAITING)


async def _show_waiting(request: Request, entered: Entered | None = None) -> Response:
    site = site_of(request)
    desk = await reading.what_waits(site.service, by(request))
    noted = [each.participant_id for each in desk.notices]
    values = {
        **await _around(request, desk.unread, noted, entered),
        "desk": desk,
        "now": site.clock(),
    }
    return show("words.html", values, 200 if entered is None else 422)


async def _show_again(request: Request, entered: Entered | None = None) -> Response:
    """Show what young people wrote and staff read in the last days, to sort it anew."""
    read = await reading.read_lately(site_of(request).service, by(request))
    around = await _around(request, read, (), entered)
    values = {**around, "read": read, "days": reading.LATELY.days}
    return show("words_again.html", values, 200 if entered is None else 422)


async def _around(
    request: Request,
    words: Collection[WordsToRead],
    others: Collection[str | None],
    entered: Entered | None,
) -> dict[str, object]:
    """Return what stands around words: who wrote them, and their themes."""
    site = site_of(request)
    wrote = {each.participant_id for each in words} | set(others)
    found = await theming.look_at_words(site.service, [each.id for each in words])
    return {
        **frame(request),
        "people": await name_people(
            site, {each for each in wrote if each is not None}, by(request).sight
        ),
        "chips": Chips(found, entered),
        "longest": LONGEST_TITLE,
    }


def _sorting(form: Mapping[str, str]) -> Sorting:
    """Return what was changed against what the page had shown, so that nobody undoes another."""
    had = set(form.get("had", "").split())
    ticked = {name.removeprefix(_THEME) for name in form if name.startswith(_THEME)}
    return Sorting(
        add=frozenset(ticked - had),
        remove=frozenset(had - ticked),
        new=form.get("new", "").replace("\0", "").strip()[:_LONGEST_TYPED],
    )

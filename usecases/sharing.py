"""Who may read somebody's own words: its writer says so, whenever they like; safety goes first.

It must not read the words, and never makes them known to more people by itself.
"""

from __future__ import annotations

from typing import Protocol

from storage import sharing as stored
from storage import themes
from surveys.concerns import ConcernCategory
from surveys.conversation import WordsId, Written
from surveys.people import Sharing
from usecases.arrival import SharingInput
from usecases.desk import Desk
from usecases.theirs import AnswerInRun, SharingAsked, SharingSet, WordsGone


class Marked(Protocol):
    """Words as staff find them: what its writer wishes, and what was noticed in them."""

    @property
    def sharing(self) -> Sharing | None:
        """What its writer wishes; None for words from before anybody was asked."""

    @property
    def level(self) -> str | None:
        """How grave a concern they raised, or None."""

    @property
    def categories(self) -> tuple[str, ...]:
        """What the concern is about."""


def may_worker_read(marked: Marked) -> bool:
    """Tell whether the child's own worker may read these words.

    Yes where the writer said so, where nobody was ever asked, and where somebody may not be safe:
    that is the exception of which everybody is told. What is said about a worker or a carer stays
    with those who look after safety.
    """
    if ConcernCategory.ALLEGATION.value in marked.categories:
        return False
    return marked.level is not None or marked.sharing in (None, Sharing.WORKER)


def may_be_told_on(sharing: Sharing | None) -> bool:
    """Tell whether staff may sum these words up, without a name, in what commissioners are told."""
    return sharing in (None, Sharing.WITHOUT_NAME)


def take(desk: Desk, given: SharingInput) -> None:
    """Show the choice about words, or write down what was chosen; only their writer can."""
    person = desk.person
    found = stored.of_words(desk.work, given.words, person.id) if person is not None else None
    if found is None:
        desk.say(WordsGone())
        return
    words_id = WordsId(found.words_id)
    run = desk.standing_run.run if desk.standing_run is not None else None
    if given.choice is None:
        chosen = found.sharing if found.at is not None else None
        desk.say(SharingAsked(words_id, chosen, run))
        return
    stored.choose(desk.work, words_id, given.choice, desk.now)
    if not may_be_told_on(given.choice):
        themes.untag_all(desk.work.connection, words_id)
    desk.say(SharingSet(words_id, given.choice, _standing_answer(desk, found), run))


def _standing_answer(desk: Desk, found: stored.Chosen) -> AnswerInRun | None:
    """Return where these words are an answer, while the run goes on and it can be changed."""
    stored_run = desk.standing_run
    if stored_run is None or found.item is None or stored_run.run.id != found.run_id:
        return None
    run = stored_run.run
    if run.answers.get(found.item) != Written(WordsId(found.words_id)):
        return None
    return AnswerInRun(desk.instrument(run.instrument), run, found.item)

"""Says of whom a text must be kept: who may be accused in it, or who is not wanted to read it.

It must not grade how urgent a text is, and it never guesses that somebody of the staff is safe.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, partial
from importlib.resources import files
from typing import Final

from surveys.concern_chart import Chart
from surveys.concern_grammar import Grammar
from surveys.concern_kinds import ConcernCategory, ConcernLevel
from surveys.concern_patterns import PatternReader
from surveys.concern_rulebook import load_rulebook
from surveys.concern_text import Piece, fold, fold_word
from surveys.concerns import MOST_WORDS, TAIL_WORDS, Concern
from surveys.definition_text import read_definition
from surveys.people import Role

FILE: Final = "concern_routing.yaml"
OUR_WORKER: Final = "ourworker"
"""What stands in a text where the name of its writer's own worker stood."""

_SHORTEST_NAME: Final = 2
_NAME_PARTS: Final = re.compile(r"[^\W\d_]+")
_ABUSE: Final = frozenset(
    {
        ConcernCategory.DANGER,
        ConcernCategory.SEXUAL_ABUSE,
        ConcernCategory.PHYSICAL_ABUSE,
        ConcernCategory.EMOTIONAL_ABUSE,
        ConcernCategory.NEGLECT,
        ConcernCategory.EXPLOITATION,
    }
)
_BY_SOMEBODY: Final = frozenset(
    {
        ConcernCategory.SEXUAL_ABUSE,
        ConcernCategory.PHYSICAL_ABUSE,
        ConcernCategory.EXPLOITATION,
    }
)
"""What somebody did: where nobody is named, it may be whoever would be told first."""


class KeptFrom(StrEnum):
    """Of whom a text must be kept. They compare by how few may know."""

    NOBODY = "nobody"
    WORKER = "worker"
    ALL_BUT_LEADS = "all-but-leads"


@dataclass(frozen=True, slots=True)
class Routed:
    """A text's concern, with what routing adds to it, and of whom the text must be kept."""

    concern: Concern | None
    kept_from: KeptFrom


def route(
    text: str, concern: Concern | None, role: Role | None, workers: Collection[str]
) -> Routed:
    """Return of whom `text` must be kept, and its concern with what that adds.

    Somebody of the staff beside any abuse may be the one who is accused: that is an allegation.
    Abuse by somebody without a name, in a young person's words, may be by their worker. Whoever
    asks that their worker is not told is heard by a person, and not by that one. Never raises.

    workers: the names of the writer's own workers, as support episodes have them.
    """
    try:
        return _route(_read(text, workers), concern, role)
    except Exception:  # noqa: BLE001 - whatever breaks, somebody may be in danger from their worker
        return Routed(concern, KeptFrom.NOBODY if concern is None else KeptFrom.ALL_BUT_LEADS)


def names_matter(text: str, concern: Concern | None) -> bool:
    """Tell whether it matters for `route` who the writer's workers are: for most texts it does not.

    Somebody is to be kept from something only where a word says so.
    """
    if concern is not None:
        return True
    typed = {piece.word for piece in fold(text, load_rulebook().folding)}
    members = _load().members
    return any(not typed.isdisjoint(members[name]) for name in ("refused", "away_from"))


def _route(said: _Said, concern: Concern | None, role: Role | None) -> Routed:
    if concern is not None and said.names_staff and _accuses(concern):
        concern = _with(concern, ConcernCategory.ALLEGATION)
    if concern is not None and ConcernCategory.ALLEGATION in concern.categories:
        return Routed(concern, KeptFrom.ALL_BUT_LEADS)
    if said.wants_no_worker:
        return Routed(_with(concern, ConcernCategory.WANTS_ADULT), KeptFrom.WORKER)
    if concern is None:
        return Routed(None, KeptFrom.NOBODY)
    kept = said.names_staff and _is_unclear(concern)
    kept |= role is Role.YOUNG_PERSON and not said.names_others and _is_by_somebody(concern)
    return Routed(concern, KeptFrom.WORKER if kept else KeptFrom.NOBODY)


def _accuses(concern: Concern) -> bool:
    """Whether it speaks of abuse, or of something grave that no rule has a name for."""
    unnamed = concern.level is ConcernLevel.CRISIS and _is_unclear(concern)
    return unnamed or not _ABUSE.isdisjoint(concern.categories)


def _is_unclear(concern: Concern) -> bool:
    return ConcernCategory.NOT_UNDERSTOOD in concern.categories


def _is_by_somebody(concern: Concern) -> bool:
    return not _BY_SOMEBODY.isdisjoint(concern.categories)


def _with(concern: Concern | None, category: ConcernCategory) -> Concern:
    """Return a concern that is about this too; the surest and most urgent stays first."""
    reason = f"routing.{category.value.replace(' ', '-')}"
    if concern is None:
        return Concern(ConcernLevel.CONCERN, (category,), (reason,))
    if category in concern.categories:
        return concern
    found = (*concern.categories, category)
    return replace(concern, categories=found, reasons=(*concern.reasons, reason))


# --- what stands in a text ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """What a text names: somebody of the staff, somebody else, or that the worker must not know."""

    names_staff: bool
    names_others: bool
    wants_no_worker: bool


def _read(text: str, workers: Collection[str]) -> _Said:
    """Return what a text names; of a longer one the start and the end, and every word of staff.

    Where staff stand in a text too long to be read whole, nobody knows what is asked of them.
    """
    book, grammar = load_rulebook(), _load()
    names = _names_of(workers)
    pieces = tuple(_renamed(fold(text, book.folding), names))
    parts = [pieces]
    if len(pieces) > MOST_WORDS:
        parts = [pieces[: MOST_WORDS - TAIL_WORDS], pieces[-TAIL_WORDS:]]
    charts = [grammar.find(book.vocabulary.read(part)[0]) for part in parts]
    staff = any(chart.has("works_with_people") for chart in charts)
    too_long = len(parts) > 1
    if too_long and not staff:
        typed = {piece.word for piece in pieces}
        staff = not typed.isdisjoint(grammar.members["staff"])
    return _Said(
        names_staff=staff,
        names_others=any(map(_names_others, charts)),
        wants_no_worker=any(chart.has("no_word_to") for chart in charts) or (too_long and staff),
    )


def _names_others(chart: Chart) -> bool:
    """Whether somebody is named who may have done it, and was not just told or near."""
    if not chart.has("somebody_else"):
        return False
    return bool(chart.covered("somebody_else") - chart.covered("beside"))


def _renamed(pieces: Iterable[Piece], names: Collection[str]) -> Iterable[Piece]:
    return (replace(each, word=OUR_WORKER) if each.word in names else each for each in pieces)


def _names_of(workers: Collection[str]) -> frozenset[str]:
    """Return how somebody may write the names of these workers: each part, also what is theirs."""
    folding, everyday = load_rulebook().folding, _load().members["no_names"]
    found: set[str] = set()
    for worker in workers:
        for part in _NAME_PARTS.findall(fold_word(worker, folding)):
            if len(part) >= _SHORTEST_NAME and part not in everyday:
                found |= {part, f"{part}s"}
    return frozenset(found)


@cache
def _load() -> Grammar:
    """Return the packaged words and phrases."""
    text = (files("surveys") / FILE).read_text(encoding="utf-8")
    content = read_definition(FILE, text)
    book, grammar = load_rulebook(), Grammar()
    reader = PatternReader(grammar, partial(fold_word, folding=book.folding))
    for name, listed in _section(content, "words"):
        grammar.define(name, reader.read_word_list(listed))
    for name, lines in _section(content, "phrases"):
        grammar.define(name, reader.read_lines(lines))
    grammar.close(book.vocabulary.ranks)
    return grammar


def _section(content: object, name: str) -> list[tuple[str, str]]:
    found = content.get(name) if isinstance(content, dict) else None
    return [(key, str(value)) for key, value in found.items()] if isinstance(found, dict) else []

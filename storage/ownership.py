"""Says for every table whose rows it holds; erasure, retention, backups and exports stand on it.

It reads and changes nothing. A table without a rule is a fault: nobody would know whom to ask
before its rows are shown, kept or deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from storage import tables


@dataclass(frozen=True, slots=True)
class OfParticipant:
    """The column holds a participant's id; where it is empty, nobody knows yet whose row it is."""

    column: str = "participant_id"


@dataclass(frozen=True, slots=True)
class OfChild:
    """The column holds a child's id: the row is about the child, whoever answers."""

    column: str = "child_id"


@dataclass(frozen=True, slots=True)
class OfEpisode:
    """The column holds the id of a support episode: the row is about the child in it."""

    column: str = "episode_id"


@dataclass(frozen=True, slots=True)
class OfEpisodeKey:
    """The column holds the pseudonym of a support episode."""

    column: str = "episode_key"


@dataclass(frozen=True, slots=True)
class OfParticipantKey:
    """The column holds a participant's pseudonym: the row is theirs in figures only."""

    column: str = "participant_key"


@dataclass(frozen=True, slots=True)
class OfChat:
    """The column holds the number of a web chat, which stands sealed in one of the addresses."""

    column: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """Whose row it is can be told only by opening what the column holds."""

    column: str


@dataclass(frozen=True, slots=True)
class Through:
    """The column holds the id of a row of another table, and belongs to whom that one belongs."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """The rows are about no participant and no child, and why that is so."""

    reason: str


Rule = (
    OfParticipant
    | OfChild
    | OfEpisode
    | OfEpisodeKey
    | OfParticipantKey
    | OfChat
    | Sealed
    | Through
    | Nobody
)

_STAFF: Final = Nobody("It is about staff and commissioners who sign in.")
_PUBLISHED: Final = Nobody("Published or published-to-be figures in which nobody can be found.")

OWNERS: Final[Mapping[str, Rule]] = {
    tables.children.name: OfChild("id"),
    tables.participants.name: OfParticipant("id"),
    tables.invitations.name: OfParticipant(),
    tables.code_tries.name: Nobody("Counts of wrong codes under a hash of where they came from."),
    tables.addresses.name: OfParticipant(),
    tables.visitors.name: OfChat("id"),
    tables.nudges.name: OfParticipant(),
    tables.keycards.name: _STAFF,
    tables.sign_ins.name: _STAFF,
    tables.accounts.name: _STAFF,
    tables.glimpses.name: OfChild(),
    tables.support_episodes.name: OfChild(),
    tables.characteristics.name: OfChild(),
    tables.sdq_totals.name: OfEpisode(),
    tables.episode_changes.name: OfEpisode(),
    tables.participations.name: OfParticipant(),
    tables.occasions.name: OfParticipant(),
    tables.suppressions.name: OfParticipant(),
    tables.silences.name: OfParticipant(),
    tables.sweeps.name: Nobody("Counts, and ids of askings that were missed; gone after 400 days."),
    tables.definitions.name: Nobody("The questions themselves, word for word."),
    tables.runs.name: OfParticipant(),
    tables.words.name: OfParticipant(),
    tables.concerns.name: OfParticipant(),
    tables.alerts.name: OfParticipant(),
    tables.alert_steps.name: Through("alerts", "alert_id"),
    tables.notices.name: OfParticipant(),
    tables.inbox.name: Sealed("payload_cipher"),
    tables.outbox.name: Through("addresses", "address_id"),
    tables.transcripts.name: Through("visitors", "visitor_id"),
    tables.goals.name: OfParticipant(),
    tables.goal_ratings.name: Through("goals", "goal_id"),
    tables.agreements.name: OfParticipant(),
    tables.wishes.name: OfParticipant(),
    tables.legal_holds.name: OfParticipant(),
    tables.erasures.name: Nobody("Ids that belong to nobody any more: what a restore does again."),
    tables.filings.name: OfEpisode(),
    tables.purges.name: Nobody("Receipts: how many rows of a class were deleted, never whose."),
    tables.observations.name: OfParticipantKey(),
    tables.pairs.name: OfParticipantKey(),
    tables.themes.name: Nobody("Titles in the words of the staff."),
    tables.word_themes.name: Through("words", "words_id"),
    tables.theme_replies.name: Nobody("What staff wrote to be read by everybody."),
    tables.reply_tellings.name: OfParticipant(),
    tables.indicators.name: Nobody("Figures that others published."),
    tables.releases.name: _PUBLISHED,
    tables.release_files.name: _PUBLISHED,
    tables.release_refusals.name: _PUBLISHED,
    tables.audit.name: Nobody(
        "What staff did, to which id; the id of somebody erased is nobody's."
    ),
    tables.marks.name: Nobody("Facts about this database."),
}
"""Whose rows each table holds, by the table's name."""

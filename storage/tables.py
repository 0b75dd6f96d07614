"""The tables, and nothing else: who people are stands apart from what they answered.

Ids are opaque text; instants are UTC in milliseconds since 1970 (`Instant`), so that both databases
order and compare them alike; free text and addresses are ciphertext (`*_cipher`), looked up through
keyed hashes (`*_index`). `key` columns are pseudonyms: the only names that figures ever see.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(instant: datetime) -> int:
    """Return an aware instant as whole milliseconds since 1970; TypeError when it is naive."""
    return (instant - _EPOCH) // _MILLISECOND


def from_milliseconds(stored: int) -> datetime:
    """Return the aware UTC instant of a stored number."""
    return _EPOCH + stored * _MILLISECOND


def _stored(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - _EPOCH) // _MILLISECOND


def _read(stored: int | None) -> datetime | None:
    return None if stored is None else _EPOCH + stored * _MILLISECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as milliseconds; a naive one is refused by the subtraction.

    Whole processors are given instead of `process_bind_param`, as no other value of the way of one
    answer needs turning, and there are a dozen of these in it.
    """

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        """Return what turns an aware datetime into milliseconds."""
        del dialect
        return _stored

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[int | None], datetime | None]:
        """Return what turns milliseconds into an aware datetime."""
        del dialect, coltype
        return _read


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _number() -> Column[int]:
    # SQLite calls 64 bits INTEGER, and only under that name are they the row's own number, which
    # spares the table a second index.
    kind = BigInteger().with_variant(Integer(), "sqlite")
    return Column("id", kind, primary_key=True, autoincrement=False)


def _where_set(name: str, column: str) -> Index:
    """Return an index of the few rows in which a column is set: others do not touch it."""
    there = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=there, postgresql_where=there)


# --- who people are -------------------------------------------------------------------

children = Table(
    "children",
    metadata,
    _id(),
    Column("ref_index", LargeBinary, nullable=False, unique=True),
    Column("ref_cipher", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    comment="A child as the case system knows it: a reference, never a name.",
)

participants = Table(
    "participants",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("age_band", Text, nullable=False),
    Column("child_id", Text, ForeignKey("children.id"), nullable=True, index=True),
    Column("status", Text, nullable=False),
    Column("resting_until", Instant, nullable=True),
    Column("suppressed_at", Instant, nullable=True),
    Column("council", Text, nullable=True),
    Column("suits", Text, nullable=True),
    Column("at_most_days", Integer, nullable=False, server_default="1"),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("current_run", Text, nullable=True),
    Column("made_at", Instant, nullable=False),
    Column("joined_at", Instant, nullable=True),
    comment="Somebody who answers. `child_id` is set for the young person only. `suppressed_at` is "
    "set while staff let nobody ask them. `council` says whose school terms count; `suits` and "
    "`at_most_days` are what they chose themselves.",
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("link_index", LargeBinary, nullable=False, unique=True),
    Column("code_index", LargeBinary, nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("redeemed_at", Instant, nullable=True),
)

code_tries = Table(
    "code_tries",
    metadata,
    Column("scope", LargeBinary, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    comment="How often wrong codes came from one place: the throttle on guessing.",
)

addresses = Table(
    "addresses",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=True, index=True),
    Column("channel", Text, nullable=False),
    Column("chat_index", LargeBinary, nullable=False, unique=True),
    Column("chat_cipher", LargeBinary, nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("blocked_at", Instant, nullable=True),
    comment="A chat that spoke with us. Without a participant it is somebody we do not know yet. "
    "The one used last that is not blocked is where its participant is reached.",
)

visitors = Table(
    "visitors",
    metadata,
    _number(),
    Column("token_index", LargeBinary, nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    comment="A browser that opened the web chat: its number is its chat id there.",
)

nudges = Table(
    "nudges",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, unique=True),
    Column("mail_cipher", LargeBinary, nullable=False),
    Column("confirm_index", LargeBinary, nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("asked_at", Instant, nullable=True),
    Column("confirmed_at", Instant, nullable=True),
    Column("nudged_at", Instant, nullable=True),
    Column("failed_at", Instant, nullable=True),
    comment="An e-mail address to which we may say that something waits, and nothing else. "
    "`asked_at` is when we asked there whether it is theirs.",
)

keycards = Table(
    "keycards",
    metadata,
    _id(),
    Column("code_index", LargeBinary, nullable=False, unique=True),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=True),
    Column("reusable", Boolean, nullable=False),
    comment="A code that lets staff or a commissioner in.",
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_index", LargeBinary, primary_key=True),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=True),
    Column("strong", Boolean, nullable=False, server_default=false()),
    comment="A browser or program that is signed in. `role` holds every role, `strong` whether a "
    "second factor was shown.",
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("who", Text, nullable=False, unique=True),
    Column("roles", Text, nullable=False),
    Column("password_hash", Text, nullable=True),
    Column("totp_cipher", LargeBinary, nullable=True),
    Column("totp_step", BigInteger, nullable=True),
    Column("outside_index", LargeBinary, nullable=True, unique=True),
    Column("mail_cipher", LargeBinary, nullable=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("locked_until", Instant, nullable=True),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", Instant, nullable=True),
    Column("ended_by", Text, nullable=True),
    comment="Somebody of the staff, or of a commissioner, by the name that support episodes know "
    "them by. `outside_index` finds who signs in through their organisation. `totp_step` is the "
    "last second factor that was used.",
)

glimpses = Table(
    "glimpses",
    metadata,
    _id(),
    Column("who", Text, nullable=False, index=True),
    Column("child_id", Text, ForeignKey("children.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    comment="That somebody opened, for a stated reason, what is outside their own caseload.",
)

# --- what the service does ------------------------------------------------------------

support_episodes = Table(
    "support_episodes",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("child_id", Text, ForeignKey("children.id"), nullable=False, index=True),
    Column("commissioner", Text, nullable=False),
    Column("strand", Text, nullable=False),
    Column("intervention", Text, nullable=False),
    Column("lives", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date, nullable=True, index=True),
    Column("close_reason", Text, nullable=True),
    Column("worker", Text, nullable=True, index=True),
    Column("ref_index", LargeBinary, nullable=True),
    Column("ref_cipher", LargeBinary, nullable=True),
    Column("child_age", Text, nullable=True),
    Column("unplanned_moves", Integer, nullable=True),
    Column("away_at_start", Boolean, nullable=True),
    Column("away_at_end", Boolean, nullable=True),
    Column("plan_on", Date, nullable=True),
    Column("disengaged_on", Date, nullable=True),
    Column("back_on", Date, nullable=True),
    Index("ix_support_episodes_ref_index", "ref_index", unique=True),
    comment="`worker` is how staff call who looks after it. `ref_*` is its number in the case "
    "system, where it came from there. `child_age` is the band when it was accepted; what follows "
    "is what staff noted for the contract.",
)

characteristics = Table(
    "characteristics",
    metadata,
    Column("child_id", Text, ForeignKey("children.id"), primary_key=True),
    Column("what", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    comment="A protected characteristic, only where the person or their worker gave it.",
)

sdq_totals = Table(
    "sdq_totals",
    metadata,
    _id(),
    Column("episode_id", Text, ForeignKey("support_episodes.id"), nullable=False),
    Column("episode_key", Text, nullable=False, index=True),
    Column("informant", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("total", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    UniqueConstraint("episode_id", "informant", "day"),
    comment="The total of a licensed questionnaire that others asked: a number, never a question.",
)

episode_changes = Table(
    "episode_changes",
    metadata,
    _id(),
    Column("episode_id", Text, ForeignKey("support_episodes.id"), nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("was", Text, nullable=True),
    Column("became", Text, nullable=True),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    comment="What changed around a child while the support went on: commissioner, home, worker, "
    "and who answers.",
)

participations = Table(
    "participations",
    metadata,
    Column("participant_id", Text, ForeignKey("participants.id"), primary_key=True),
    Column("episode_id", Text, ForeignKey("support_episodes.id"), primary_key=True, index=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=True),
    comment="Who answers in which support episode, and from when to when.",
)

occasions = Table(
    "occasions",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False),
    Column("participant_key", Text, nullable=False),
    Column("episode_id", Text, ForeignKey("support_episodes.id"), nullable=False, index=True),
    Column("episode_key", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("wave", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("rhythm", Text, nullable=False, server_default="otherwise"),
    Column("state", Text, nullable=False),
    Column("local_time", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("window_ends_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=True, index=True),
    Column("reminders", Integer, nullable=False),
    Column("offered_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("run_id", Text, nullable=True),
    UniqueConstraint("participant_id", "episode_id", "instrument", "wave", "round"),
    Index("ix_occasions_participant_id_state", "participant_id", "state"),
    Index(
        "ix_occasions_open",
        "due_at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    _where_set("ix_occasions_ended_at", "ended_at"),
    comment="A due moment to ask one person. `next_at` is when the clock looks at it again; "
    "`rhythm` names the rules by which it was planned.",
)

suppressions = Table(
    "suppressions",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("action_id", Text, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("since_by", Text, nullable=False),
    Column("lift_asked_at", Instant, nullable=True),
    Column("lift_asked_by", Text, nullable=True),
    Column("lifted_at", Instant, nullable=True),
    Column("lifted_by", Text, nullable=True),
    comment="Nobody may be asked while one of these stands. One action may hold a whole household; "
    "lifting it takes a second person.",
)

silences = Table(
    "silences",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("participant_key", Text, nullable=False),
    Column("episode_id", Text, ForeignKey("support_episodes.id"), nullable=True),
    Column("episode_key", Text, nullable=True, index=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("over_at", Instant, nullable=True),
    Column("handled_at", Instant, nullable=True),
    Column("handled_by", Text, nullable=True),
    Index("ix_silences_open", "over_at", "at"),
    comment="That somebody went quiet, and that they came back: facts, never taken for wellbeing.",
)

sweeps = Table(
    "sweeps",
    metadata,
    _id(),
    Column("at", Instant, nullable=False, index=True),
    Column("should", Integer, nullable=False),
    Column("was", Integer, nullable=False),
    Column("missing", Text, nullable=False),
    comment="What should have been sent against what was sent, hour by hour.",
)

# --- conversations --------------------------------------------------------------------

definitions = Table(
    "definitions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("instrument", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
    comment="Every version of an instrument that was ever asked, word for word.",
)

runs = Table(
    "runs",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("episode_id", Text, ForeignKey("support_episodes.id"), nullable=False),
    Column("occasion_id", Text, nullable=True),
    Column("instrument", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("voice", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("moved_at", Instant, nullable=False),
    comment="One person working through one instrument. `state` holds the standing answers and the "
    "log of every answer ever given, with step, time and channel.",
)

words = Table(
    "words",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=True, index=True),
    Column("run_id", Text, nullable=True),
    Column("item", Text, nullable=True),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("cipher", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("read_by_at", Instant, nullable=False),
    Column("read_at", Instant, nullable=True),
    Column("read_by", Text, nullable=True),
    Column("sharing", Text, nullable=True),
    Column("sharing_at", Instant, nullable=True),
    Index("ix_words_read_at_read_by_at", "read_at", "read_by_at"),
    comment="Everything that somebody wrote in words of their own: the read queue of the staff. "
    "`sharing` is what its writer wishes to become of it.",
)

concerns = Table(
    "concerns",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=True, index=True),
    Column("words_id", Text, ForeignKey("words.id"), nullable=True),
    Column("level", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("acknowledged_at", Instant, nullable=True),
    Column("acknowledged_by", Text, nullable=True),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=True, index=True),
    Column("concern_id", Text, ForeignKey("concerns.id"), nullable=True),
    Column("kind", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=True),
    Column("acknowledged_at", Instant, nullable=True),
    Column("acknowledged_by", Text, nullable=True),
    Column("closed_at", Instant, nullable=True),
    Column("closed_by", Text, nullable=True),
    Column("closed_because", Text, nullable=True),
    Index("ix_alerts_concern_id", "concern_id", unique=True),
    _where_set("ix_alerts_next_at", "next_at"),
    comment="Something that a named person must take in hand. `rung` is how far up the ladder it "
    "has gone, `next_at` when it goes further if nobody does, `route` who may see it at all.",
)

alert_steps = Table(
    "alert_steps",
    metadata,
    _id(),
    Column("alert_id", Text, ForeignKey("alerts.id"), nullable=False),
    Column("rung", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Instant, nullable=True),
    Column("state", Text, nullable=False),
    UniqueConstraint("alert_id", "rung", "channel"),
    _where_set("ix_alert_steps_due_at", "due_at"),
    comment="Whom an alert was put before and by which way; `due_at` while a notice waits to go "
    "out. A notice says that something must be read, and nothing else.",
)

notices = Table(
    "notices",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=True, index=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=True),
    Column("seen_by", Text, nullable=True),
    comment="Facts that staff should know: blocked, undeliverable, media came, wants a person...",
)

inbox = Table(
    "inbox",
    metadata,
    _number(),
    Column("channel", Text, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("handled_at", Instant, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("payload_cipher", LargeBinary, nullable=True),
    UniqueConstraint("channel", "update_id"),
    Index(
        "ix_inbox_waiting",
        "id",
        sqlite_where=text("handled_at IS NULL"),
        postgresql_where=text("handled_at IS NULL"),
    ),
    comment="Every update that was ever confirmed to its sender. The payload is kept only while it "
    "waits to be handled.",
)

outbox = Table(
    "outbox",
    metadata,
    _number(),
    Column("address_id", Text, ForeignKey("addresses.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("run_id", Text, nullable=True),
    Column("step", Integer, nullable=True),
    Column("occasion_id", Text, nullable=True),
    Column("body", Text, nullable=False),
    Column("tapped_message", BigInteger, nullable=True),
    Column("state", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=True),
    Column("leased_until", Instant, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Instant, nullable=True),
    Column("message_id", BigInteger, nullable=True),
    Column("repair_at", Instant, nullable=True),
    _where_set("ix_outbox_due_at", "due_at"),
    _where_set("ix_outbox_leased_until", "leased_until"),
    _where_set("ix_outbox_repair_at", "repair_at"),
    Index("ix_outbox_address_id_id", "address_id", "id"),
    comment="Every message that we sent or still have to send, as it was shown. `due_at` is set "
    "while it waits to be sent, `leased_until` while it is under way, `repair_at` while nobody "
    "knows whether it arrived.",
)

transcripts = Table(
    "transcripts",
    metadata,
    _number(),
    Column("visitor_id", BigInteger, ForeignKey("visitors.id"), nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("words_id", Text, nullable=True),
    Column("at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("ix_transcripts_visitor_id_id", "visitor_id", "id"),
    comment="What a browser shows: our messages, and pointers to the person's own words.",
)

goals = Table(
    "goals",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("words_id", Text, ForeignKey("words.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("ended_how", Text, nullable=True),
    comment="What somebody wants to reach, in words of their own, kept across runs.",
)

goal_ratings = Table(
    "goal_ratings",
    metadata,
    _id(),
    Column("goal_id", Text, ForeignKey("goals.id"), nullable=False, index=True),
    Column("episode_key", Text, nullable=True, index=True),
    Column("run_id", Text, nullable=True),
    Column("value", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    comment="How near somebody says that they are to a goal of theirs: 0 to 10.",
)

# --- what people may ask of us --------------------------------------------------------

agreements = Table(
    "agreements",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("agreed_by", Text, nullable=False),
    Column("understands", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    comment="Who agreed that somebody takes part, and whether the young person understood it.",
)

wishes = Table(
    "wishes",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("words_id", Text, ForeignKey("words.id"), nullable=True),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("decided_at", Instant, nullable=True),
    Column("decided_by", Text, nullable=True),
    Column("decision", Text, nullable=True),
    Column("reason", Text, nullable=True),
    Index("ix_wishes_decided_at_due_at", "decided_at", "due_at"),
    comment="That somebody wants to see, correct or end what we keep about them, and the answer.",
)

legal_holds = Table(
    "legal_holds",
    metadata,
    _id(),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("since_by", Text, nullable=False),
    Column("lifted_at", Instant, nullable=True),
    Column("lifted_by", Text, nullable=True),
    comment="Nothing of this person may be erased or purged while one of these stands.",
)

erasures = Table(
    "erasures",
    metadata,
    _id(),
    Column("subject", Text, nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    comment="Who was forgotten: an id that belongs to nobody any more. Done again after a restore.",
)

filings = Table(
    "filings",
    metadata,
    _id(),
    Column("episode_id", Text, ForeignKey("support_episodes.id"), nullable=False, index=True),
    Column("receipt_cipher", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    comment="That the record of a support episode was taken over by the case system.",
)

purges = Table(
    "purges",
    metadata,
    _id(),
    Column("retention_class", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("number", Integer, nullable=False),
    Column("who", Text, nullable=False),
    comment="The receipt of what was deleted because its time was over.",
)

# --- figures --------------------------------------------------------------------------

observations = Table(
    "observations",
    metadata,
    _id(),
    Column("episode_key", Text, nullable=False, index=True),
    Column("participant_key", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("wave", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("scores", Text, nullable=False),
    comment="What one finished run says in numbers: pseudonyms only, no words.",
)

pairs = Table(
    "pairs",
    metadata,
    Column("episode_key", Text, primary_key=True),
    Column("participant_key", Text, primary_key=True),
    Column("instrument", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("first_day", Date, nullable=True),
    Column("last_day", Date, nullable=True),
    Column("answers", LargeBinary, nullable=False),
    comment="The first and the last answer of somebody in one support episode, kept with each "
    "answer so that figures need not look at all of them again.",
    sqlite_with_rowid=False,  # each answer touches one tree instead of two
)

themes = Table(
    "themes",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("retired_at", Instant, nullable=True),
    comment="What young people talk about, in a few plain words of the staff, never their own.",
)

word_themes = Table(
    "word_themes",
    metadata,
    Column("words_id", Text, ForeignKey("words.id"), primary_key=True),
    Column("theme_id", Text, ForeignKey("themes.id"), primary_key=True, index=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    comment="Which themes staff saw in something that somebody wrote.",
)

theme_replies = Table(
    "theme_replies",
    metadata,
    _id(),
    Column("theme_id", Text, ForeignKey("themes.id"), nullable=False, index=True),
    Column("did", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("taken_back_at", Instant, nullable=True),
    comment="What was done about a theme, written by staff to be read by everybody.",
)

reply_tellings = Table(
    "reply_tellings",
    metadata,
    Column("reply_id", Text, ForeignKey("theme_replies.id"), primary_key=True),
    Column("participant_id", Text, ForeignKey("participants.id"), primary_key=True, index=True),
    Column("at", Instant, nullable=False),
    comment="Who was told what was done about something that they or others had said.",
)

indicators = Table(
    "indicators",
    metadata,
    Column("code", Text, primary_key=True),
    Column("quarter", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("better", Text, nullable=False),
    Column("actual", Text, nullable=True),
    Column("target", Text, nullable=True),
    Column("comparator", Text, nullable=True),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    comment="Figures that others publish, quarter by quarter. Numbers stand as they were written.",
)

releases = Table(
    "releases",
    metadata,
    _id(),
    Column("quarter", Text, nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("compiled_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="published"),
    Column("compiled_by", Text, nullable=False, server_default="starling"),
    Column("approved_at", Instant, nullable=True),
    Column("approved_by", Text, nullable=True),
    Column("published_at", Instant, nullable=True),
    Column("published_by", Text, nullable=True),
    Column("dropped_at", Instant, nullable=True),
    Column("dropped_by", Text, nullable=True),
    Column("certificate_cipher", LargeBinary, nullable=True),
    Column("ledger_cipher", LargeBinary, nullable=True),
    comment="Frozen figures: never changed once stored; `state` says how far one has come. "
    "`quarter` is the period. The certificate proves the audit, the ledger is what later audits "
    "need; both are locked.",
)

release_files = Table(
    "release_files",
    metadata,
    Column("release_id", Text, ForeignKey("releases.id"), primary_key=True),
    Column("audience", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    comment="Every file of a published release, byte for byte as each pull returns it.",
)

release_refusals = Table(
    "release_refusals",
    metadata,
    _id(),
    Column("quarter", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    comment="When figures were refused and why, in words that show no protected number.",
)

audit = Table(
    "audit",
    metadata,
    _number(),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("did", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("digest", LargeBinary, nullable=True),
    comment="Who did what, and when. No free text. `digest` binds a line to all before it.",
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="Single facts about this database, such as that it holds a made-up service.",
)

"""The first tables: people, what the service does for them, their conversations, and figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_who_people_are()
    _make_what_the_service_does()
    _make_conversations()
    _make_figures()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


_TABLES = (
    "children",
    "participants",
    "invitations",
    "code_tries",
    "addresses",
    "visitors",
    "keycards",
    "sign_ins",
    "support_episodes",
    "participations",
    "occasions",
    "definitions",
    "runs",
    "words",
    "concerns",
    "notices",
    "inbox",
    "outbox",
    "transcripts",
    "observations",
    "releases",
    "audit",
    "marks",
)


_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _make_who_people_are() -> None:
    op.create_table(
        "children",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ref_index", sa.LargeBinary(), nullable=False),
        sa.Column("ref_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_children"),
        sa.UniqueConstraint("ref_index", name="uq_children_ref_index"),
        comment="A child as the case system knows it: a reference, never a name.",
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("child_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("resting_until", sa.BigInteger(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("current_run", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["child_id"], ["children.id"], name="fk_participants_child_id_children"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.UniqueConstraint("key", name="uq_participants_key"),
        comment="Somebody who answers. `child_id` is set for the young person only.",
    )
    op.create_index("ix_participants_child_id", "participants", ["child_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("link_index", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name="fk_invitations_participant_id_participants",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("code_index", name="uq_invitations_code_index"),
        sa.UniqueConstraint("link_index", name="uq_invitations_link_index"),
    )
    op.create_index(
        "ix_invitations_participant_id", "invitations", ["participant_id"], unique=False
    )
    op.create_table(
        "code_tries",
        sa.Column("scope", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_code_tries"),
        comment="How often wrong codes came from one place: the throttle on guessing.",
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat_index", sa.LargeBinary(), nullable=False),
        sa.Column("chat_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("blocked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_addresses_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
        sa.UniqueConstraint("chat_index", name="uq_addresses_chat_index"),
        comment=(
            "A chat that spoke with us. Without a participant it is somebody we do not know"
            " yet. The one used last that is not blocked is where its participant is "
            "reached."
        ),
    )
    op.create_index("ix_addresses_participant_id", "addresses", ["participant_id"], unique=False)
    op.create_table(
        "visitors",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("token_index", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visitors"),
        sa.UniqueConstraint("token_index", name="uq_visitors_token_index"),
        comment="A browser that opened the web chat: its number is its chat id there.",
    )
    op.create_table(
        "keycards",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("reusable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keycards"),
        sa.UniqueConstraint("code_index", name="uq_keycards_code_index"),
        comment="A code that lets staff or a commissioner in.",
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_index", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_index", name="pk_sign_ins"),
    )


def _make_what_the_service_does() -> None:
    op.create_table(
        "support_episodes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("child_id", sa.Text(), nullable=False),
        sa.Column("commissioner", sa.Text(), nullable=False),
        sa.Column("strand", sa.Text(), nullable=False),
        sa.Column("intervention", sa.Text(), nullable=False),
        sa.Column("lives", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["child_id"], ["children.id"], name="fk_support_episodes_child_id_children"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_episodes"),
        sa.UniqueConstraint("key", name="uq_support_episodes_key"),
    )
    op.create_index("ix_support_episodes_child_id", "support_episodes", ["child_id"], unique=False)
    op.create_index(
        "ix_support_episodes_closed_on", "support_episodes", ["closed_on"], unique=False
    )
    op.create_table(
        "participations",
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["support_episodes.id"],
            name="fk_participations_episode_id_support_episodes",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name="fk_participations_participant_id_participants",
        ),
        sa.PrimaryKeyConstraint("participant_id", "episode_id", name="pk_participations"),
        comment="Who answers in which support episode, and from when to when.",
    )
    op.create_index("ix_participations_episode_id", "participations", ["episode_id"], unique=False)
    op.create_table(
        "occasions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("participant_key", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Text(), nullable=False),
        sa.Column("episode_key", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("window_ends_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["support_episodes.id"], name="fk_occasions_episode_id_support_episodes"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_occasions_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_occasions"),
        sa.UniqueConstraint(
            "participant_id",
            "episode_id",
            "instrument",
            "wave",
            "round",
            name="uq_occasions_participant_id_episode_id_instrument_wave_round",
        ),
        comment="A due moment to ask one person. `next_at` is when the clock looks at it again.",
    )
    op.create_index("ix_occasions_episode_id", "occasions", ["episode_id"], unique=False)
    op.create_index("ix_occasions_next_at", "occasions", ["next_at"], unique=False)
    op.create_index(
        "ix_occasions_participant_id_state", "occasions", ["participant_id", "state"], unique=False
    )


def _make_conversations() -> None:
    op.create_table(
        "definitions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_definitions"),
        comment="Every version of an instrument that was ever asked, word for word.",
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Text(), nullable=False),
        sa.Column("occasion_id", sa.Text(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["support_episodes.id"], name="fk_runs_episode_id_support_episodes"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_runs_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        comment=(
            "One person working through one instrument. `state` holds the standing answers "
            "and the log of every answer ever given, with step, time and channel."
        ),
    )
    op.create_index("ix_runs_participant_id", "runs", ["participant_id"], unique=False)
    op.create_table(
        "words",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("read_by_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("read_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_words_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_words"),
        comment=(
            "Everything that somebody wrote in words of their own: the read queue of the staff."
        ),
    )
    op.create_index("ix_words_participant_id", "words", ["participant_id"], unique=False)
    op.create_index("ix_words_read_at_read_by_at", "words", ["read_at", "read_by_at"], unique=False)
    op.create_table(
        "concerns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=True),
        sa.Column("words_id", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_concerns_participant_id_participants"
        ),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name="fk_concerns_words_id_words"),
        sa.PrimaryKeyConstraint("id", name="pk_concerns"),
    )
    op.create_index("ix_concerns_participant_id", "concerns", ["participant_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_notices_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        comment=(
            "Facts that staff should know: blocked, undeliverable, media came, wants a person..."
        ),
    )
    op.create_index("ix_notices_participant_id", "notices", ["participant_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("handled_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload_cipher", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "update_id", name="uq_inbox_channel_update_id"),
        comment=(
            "Every update that was ever confirmed to its sender. The payload is kept only "
            "while it waits to be handled."
        ),
    )
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("address_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("occasion_id", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tapped_message", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("repair_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name="fk_outbox_address_id_addresses"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        comment=(
            "Every message that we sent or still have to send, as it was shown. `due_at` is set "
            "while it waits to be sent, `leased_until` while it is under way, `repair_at` while "
            "nobody knows whether it arrived."
        ),
    )
    op.create_index("ix_outbox_address_id_id", "outbox", ["address_id", "id"], unique=False)
    for column in ("due_at", "leased_until", "repair_at"):
        op.create_index(
            f"ix_outbox_{column}",
            "outbox",
            [column],
            unique=False,
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "transcripts",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("visitor_id", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words_id", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitors.id"], name="fk_transcripts_visitor_id_visitors"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        comment="What a browser shows: our messages, and pointers to the person's own words.",
    )
    op.create_index(
        "ix_transcripts_visitor_id_id", "transcripts", ["visitor_id", "id"], unique=False
    )


def _make_figures() -> None:
    op.create_table(
        "observations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("episode_key", sa.Text(), nullable=False),
        sa.Column("participant_key", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observations"),
        comment="What one finished run says in numbers: pseudonyms only, no words.",
    )
    op.create_index("ix_observations_episode_key", "observations", ["episode_key"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("compiled_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        comment="Frozen figures: never changed once stored.",
    )
    op.create_index("ix_releases_quarter", "releases", ["quarter"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        comment="Who did what, and when. No free text.",
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
        comment="Single facts about this database, such as that it holds a made-up service.",
    )

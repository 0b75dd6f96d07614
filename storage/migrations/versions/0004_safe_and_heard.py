"""Safe, private and heard: alerts, accounts, goals, and what people may ask of us."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    "accounts",
    "erasures",
    "purges",
    "glimpses",
    "agreements",
    "filings",
    "legal_holds",
    "reply_tellings",
    "goals",
    "wishes",
    "alerts",
    "goal_ratings",
    "alert_steps",
)

_COLUMNS = (
    ("audit", "digest"),
    ("sign_ins", "seen_at"),
    ("sign_ins", "strong"),
    ("words", "sharing"),
    ("words", "sharing_at"),
)


def upgrade() -> None:
    _make_accounts()
    _make_erasures()
    _make_purges()
    _make_glimpses()
    _make_agreements()
    _make_filings()
    _make_legal_holds()
    _make_reply_tellings()
    _make_goals()
    _make_wishes()
    _make_alerts()
    _make_goal_ratings()
    _make_alert_steps()
    _widen_tables()
    _say_what_tables_hold(_NEW_COMMENTS)


def downgrade() -> None:
    _say_what_tables_hold(_OLD_COMMENTS)
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column)
    for table in reversed(_TABLES):
        op.drop_table(table)


def _make_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("outside_index", sa.LargeBinary(), nullable=True),
        sa.Column("mail_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("outside_index", name="uq_accounts_outside_index"),
        sa.UniqueConstraint("who", name="uq_accounts_who"),
        comment=(
            "Somebody of the staff, or of a commissioner, by the name that support "
            "episodes know them by. `outside_index` finds who signs in through their "
            "organisation. `totp_step` is the last second factor that was used."
        ),
    )


def _make_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sa.UniqueConstraint("subject", name="uq_erasures_subject"),
        comment=(
            "Who was forgotten: an id that belongs to nobody any more. Done again after a restore."
        ),
    )


def _make_purges() -> None:
    op.create_table(
        "purges",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("retention_class", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purges"),
        comment="The receipt of what was deleted because its time was over.",
    )


def _make_glimpses() -> None:
    op.create_table(
        "glimpses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("child_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["children.id"], name="fk_glimpses_child_id_children"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_glimpses"),
        comment="That somebody opened, for a stated reason, what is outside their own caseload.",
    )
    op.create_index("ix_glimpses_who", "glimpses", ["who"], unique=False)


def _make_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column("understands", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name="fk_agreements_participant_id_participants",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
        comment="Who agreed that somebody takes part, and whether the young person understood it.",
    )
    op.create_index("ix_agreements_participant_id", "agreements", ["participant_id"], unique=False)


def _make_filings() -> None:
    op.create_table(
        "filings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Text(), nullable=False),
        sa.Column("receipt_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["support_episodes.id"], name="fk_filings_episode_id_support_episodes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_filings"),
        comment="That the record of a support episode was taken over by the case system.",
    )
    op.create_index("ix_filings_episode_id", "filings", ["episode_id"], unique=False)


def _make_legal_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("since_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name="fk_legal_holds_participant_id_participants",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
        comment="Nothing of this person may be erased or purged while one of these stands.",
    )
    op.create_index(
        "ix_legal_holds_participant_id", "legal_holds", ["participant_id"], unique=False
    )


def _make_reply_tellings() -> None:
    op.create_table(
        "reply_tellings",
        sa.Column("reply_id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name="fk_reply_tellings_participant_id_participants",
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["theme_replies.id"], name="fk_reply_tellings_reply_id_theme_replies"
        ),
        sa.PrimaryKeyConstraint("reply_id", "participant_id", name="pk_reply_tellings"),
        comment="Who was told what was done about something that they or others had said.",
    )
    op.create_index(
        "ix_reply_tellings_participant_id", "reply_tellings", ["participant_id"], unique=False
    )


def _make_goals() -> None:
    op.create_table(
        "goals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("words_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_goals_participant_id_participants"
        ),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name="fk_goals_words_id_words"),
        sa.PrimaryKeyConstraint("id", name="pk_goals"),
        comment="What somebody wants to reach, in words of their own, kept across runs.",
    )
    op.create_index("ix_goals_participant_id", "goals", ["participant_id"], unique=False)


def _make_wishes() -> None:
    op.create_table(
        "wishes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words_id", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_wishes_participant_id_participants"
        ),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name="fk_wishes_words_id_words"),
        sa.PrimaryKeyConstraint("id", name="pk_wishes"),
        comment=(
            "That somebody wants to see, correct or end what we keep about them, and the answer."
        ),
    )
    op.create_index("ix_wishes_decided_at_due_at", "wishes", ["decided_at", "due_at"], unique=False)
    op.create_index("ix_wishes_participant_id", "wishes", ["participant_id"], unique=False)


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=True),
        sa.Column("concern_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concerns.id"], name="fk_alerts_concern_id_concerns"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_alerts_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        comment=(
            "Something that a named person must take in hand. `rung` is how far up the "
            "ladder it has gone, `next_at` when it goes further if nobody does, `route` "
            "who may see it at all."
        ),
    )
    op.create_index("ix_alerts_concern_id", "alerts", ["concern_id"], unique=True)
    op.create_index(
        "ix_alerts_next_at",
        "alerts",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_alerts_participant_id", "alerts", ["participant_id"], unique=False)


def _make_goal_ratings() -> None:
    op.create_table(
        "goal_ratings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("goal_id", sa.Text(), nullable=False),
        sa.Column("episode_key", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name="fk_goal_ratings_goal_id_goals"),
        sa.PrimaryKeyConstraint("id", name="pk_goal_ratings"),
        comment="How near somebody says that they are to a goal of theirs: 0 to 10.",
    )
    op.create_index("ix_goal_ratings_episode_key", "goal_ratings", ["episode_key"], unique=False)
    op.create_index("ix_goal_ratings_goal_id", "goal_ratings", ["goal_id"], unique=False)


def _make_alert_steps() -> None:
    op.create_table(
        "alert_steps",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_alert_steps_alert_id_alerts"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_steps"),
        sa.UniqueConstraint(
            "alert_id", "rung", "channel", name="uq_alert_steps_alert_id_rung_channel"
        ),
        comment=(
            "Whom an alert was put before and by which way; `due_at` while a notice waits"
            " to go out. A notice says that something must be read, and nothing else."
        ),
    )
    op.create_index(
        "ix_alert_steps_due_at",
        "alert_steps",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def _widen_tables() -> None:
    op.add_column("audit", sa.Column("digest", sa.LargeBinary(), nullable=True))
    op.add_column("sign_ins", sa.Column("seen_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "sign_ins", sa.Column("strong", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("words", sa.Column("sharing", sa.Text(), nullable=True))
    op.add_column("words", sa.Column("sharing_at", sa.BigInteger(), nullable=True))


def _say_what_tables_hold(comments: dict[str, str | None]) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, comment in comments.items():
        if comment is None:
            op.drop_table_comment(table)
        else:
            op.create_table_comment(table, comment)


_NEW_COMMENTS: dict[str, str | None] = {
    "sign_ins": (
        "A browser or program that is signed in. `role` holds every role, `strong` "
        "whether a second factor was shown."
    ),
    "words": (
        "Everything that somebody wrote in words of their own: the read queue of the "
        "staff. `sharing` is what its writer wishes to become of it."
    ),
    "audit": "Who did what, and when. No free text. `digest` binds a line to all before it.",
}

_OLD_COMMENTS: dict[str, str | None] = {
    "sign_ins": None,
    "words": "Everything that somebody wrote in words of their own: the read queue of the staff.",
    "audit": "Who did what, and when. No free text.",
}

"""Follow-ups made whole: people's own times, suppression, moves, silence, nudges and sweeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_episode_changes()
    _make_nudges()
    _make_silences()
    _make_suppressions()
    _make_sweeps()
    _widen_what_there_is()
    _say_what_tables_hold(_NEW_COMMENTS)


def downgrade() -> None:
    _say_what_tables_hold(_OLD_COMMENTS)
    op.drop_index("ix_support_episodes_ref_index", "support_episodes")
    op.drop_index("ix_support_episodes_worker", "support_episodes")
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column)
    for table in reversed(_TABLES):
        op.drop_table(table)


def _say_what_tables_hold(comments: dict[str, str | None]) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, comment in comments.items():
        if comment is None:
            op.drop_table_comment(table)
        else:
            op.create_table_comment(table, comment)


_TABLES = ("episode_changes", "nudges", "silences", "suppressions", "sweeps")
_COLUMNS = (
    ("occasions", "rhythm"),
    ("participants", "suppressed_at"),
    ("participants", "council"),
    ("participants", "suits"),
    ("participants", "at_most_days"),
    ("support_episodes", "worker"),
    ("support_episodes", "ref_index"),
    ("support_episodes", "ref_cipher"),
)
_NEW_COMMENTS: dict[str, str | None] = {
    "participants": (
        "Somebody who answers. `child_id` is set for the young person only. "
        "`suppressed_at` is set while staff let nobody ask them. `council` says whose "
        "school terms count; `suits` and `at_most_days` are what they chose themselves."
    ),
    "support_episodes": (
        "`worker` is how staff call who looks after it. `ref_*` is its number in the "
        "case system, where it came from there."
    ),
    "occasions": (
        "A due moment to ask one person. `next_at` is when the clock looks at it again;"
        " `rhythm` names the rules by which it was planned."
    ),
}
_OLD_COMMENTS: dict[str, str | None] = {
    "participants": "Somebody who answers. `child_id` is set for the young person only.",
    "support_episodes": None,
    "occasions": "A due moment to ask one person. `next_at` is when the clock looks at it again.",
}


def _make_episode_changes() -> None:
    op.create_table(
        "episode_changes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["support_episodes.id"],
            name="fk_episode_changes_episode_id_support_episodes",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_episode_changes"),
        comment=(
            "What changed around a child while the support went on: commissioner, home, "
            "worker, and who answers."
        ),
    )
    op.create_index(
        "ix_episode_changes_episode_id", "episode_changes", ["episode_id"], unique=False
    )


def _make_nudges() -> None:
    op.create_table(
        "nudges",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("mail_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("confirm_index", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("nudged_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_nudges_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nudges"),
        sa.UniqueConstraint("confirm_index", name="uq_nudges_confirm_index"),
        sa.UniqueConstraint("participant_id", name="uq_nudges_participant_id"),
        comment=(
            "An e-mail address to which we may say that something waits, and nothing else. "
            "`asked_at` is when we asked there whether it is theirs."
        ),
    )


def _make_silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("participant_key", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Text(), nullable=True),
        sa.Column("episode_key", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("handled_at", sa.BigInteger(), nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["support_episodes.id"], name="fk_silences_episode_id_support_episodes"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_silences_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
        comment=(
            "That somebody went quiet, and that they came back: facts, never taken for wellbeing."
        ),
    )
    op.create_index("ix_silences_episode_key", "silences", ["episode_key"], unique=False)
    op.create_index("ix_silences_open", "silences", ["over_at", "at"], unique=False)
    op.create_index("ix_silences_participant_id", "silences", ["participant_id"], unique=False)


def _make_suppressions() -> None:
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.Text(), nullable=False),
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("since_by", sa.Text(), nullable=False),
        sa.Column("lift_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("lift_asked_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name="fk_suppressions_participant_id_participants",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_suppressions"),
        comment=(
            "Nobody may be asked while one of these stands. One action may hold a whole "
            "household; lifting it takes a second person."
        ),
    )
    op.create_index("ix_suppressions_action_id", "suppressions", ["action_id"], unique=False)
    op.create_index(
        "ix_suppressions_participant_id", "suppressions", ["participant_id"], unique=False
    )


def _make_sweeps() -> None:
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("should", sa.Integer(), nullable=False),
        sa.Column("was", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sweeps"),
        comment="What should have been sent against what was sent, hour by hour.",
    )
    op.create_index("ix_sweeps_at", "sweeps", ["at"], unique=False)


def _widen_what_there_is() -> None:
    op.add_column(
        "occasions", sa.Column("rhythm", sa.Text(), server_default="otherwise", nullable=False)
    )
    op.add_column("participants", sa.Column("suppressed_at", sa.BigInteger(), nullable=True))
    op.add_column("participants", sa.Column("council", sa.Text(), nullable=True))
    op.add_column("participants", sa.Column("suits", sa.Text(), nullable=True))
    op.add_column(
        "participants", sa.Column("at_most_days", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("support_episodes", sa.Column("worker", sa.Text(), nullable=True))
    op.add_column("support_episodes", sa.Column("ref_index", sa.LargeBinary(), nullable=True))
    op.add_column("support_episodes", sa.Column("ref_cipher", sa.LargeBinary(), nullable=True))
    op.create_index("ix_support_episodes_ref_index", "support_episodes", ["ref_index"], unique=True)
    op.create_index("ix_support_episodes_worker", "support_episodes", ["worker"], unique=False)

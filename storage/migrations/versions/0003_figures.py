"""Figures made whole: facts of the contract, themes, indicators, pairs and releases in steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    "themes",
    "indicators",
    "pairs",
    "characteristics",
    "sdq_totals",
    "word_themes",
    "theme_replies",
    "release_files",
    "release_refusals",
)


_COLUMNS = (
    ("releases", "state"),
    ("releases", "compiled_by"),
    ("releases", "approved_at"),
    ("releases", "approved_by"),
    ("releases", "published_at"),
    ("releases", "published_by"),
    ("releases", "dropped_at"),
    ("releases", "dropped_by"),
    ("releases", "certificate_cipher"),
    ("releases", "ledger_cipher"),
    ("support_episodes", "child_age"),
    ("support_episodes", "unplanned_moves"),
    ("support_episodes", "away_at_start"),
    ("support_episodes", "away_at_end"),
    ("support_episodes", "plan_on"),
    ("support_episodes", "disengaged_on"),
    ("support_episodes", "back_on"),
)


def upgrade() -> None:
    _make_themes()
    _make_indicators()
    _make_pairs()
    _make_characteristics()
    _make_sdq_totals()
    _make_word_themes()
    _make_theme_replies()
    _make_release_files()
    _make_release_refusals()
    _widen_episodes()
    _widen_releases()
    _index_occasions()
    _say_what_tables_hold(_NEW_COMMENTS)


def downgrade() -> None:
    _say_what_tables_hold(_OLD_COMMENTS)
    op.drop_index("ix_occasions_open", "occasions")
    op.drop_index("ix_occasions_ended_at", "occasions")
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column)
    for table in reversed(_TABLES):
        op.drop_table(table)


def _make_themes() -> None:
    op.create_table(
        "themes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_themes")),
        sa.UniqueConstraint("slug", name=("uq_themes_slug")),
        comment=(
            "What young people talk about, in a few plain words of the staff, never their own."
        ),
    )


def _make_indicators() -> None:
    op.create_table(
        "indicators",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("better", sa.Text(), nullable=False),
        sa.Column("actual", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("comparator", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "quarter", name=("pk_indicators")),
        comment=(
            "Figures that others publish, quarter by quarter. Numbers stand as they were written."
        ),
    )


def _make_pairs() -> None:
    op.create_table(
        "pairs",
        sa.Column("episode_key", sa.Text(), nullable=False),
        sa.Column("participant_key", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "episode_key", "participant_key", "instrument", "version", name=("pk_pairs")
        ),
        comment=(
            "The first and the last answer of somebody in one support episode, kept with each"
            " answer so that figures need not look at all of them again."
        ),
        sqlite_with_rowid=False,
    )


def _make_characteristics() -> None:
    op.create_table(
        "characteristics",
        sa.Column("child_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["children.id"], name=("fk_characteristics_child_id_children")
        ),
        sa.PrimaryKeyConstraint("child_id", "what", name=("pk_characteristics")),
        comment=("A protected characteristic, only where the person or their worker gave it."),
    )


def _make_sdq_totals() -> None:
    op.create_table(
        "sdq_totals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Text(), nullable=False),
        sa.Column("episode_key", sa.Text(), nullable=False),
        sa.Column("informant", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["support_episodes.id"],
            name=("fk_sdq_totals_episode_id_support_episodes"),
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_sdq_totals")),
        sa.UniqueConstraint(
            "episode_id", "informant", "day", name=("uq_sdq_totals_episode_id_informant_day")
        ),
        comment=(
            "The total of a licensed questionnaire that others asked: a number, never a question."
        ),
    )
    op.create_index("ix_sdq_totals_episode_key", "sdq_totals", ["episode_key"], unique=False)


def _make_word_themes() -> None:
    op.create_table(
        "word_themes",
        sa.Column("words_id", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=("fk_word_themes_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(["words_id"], ["words.id"], name=("fk_word_themes_words_id_words")),
        sa.PrimaryKeyConstraint("words_id", "theme_id", name=("pk_word_themes")),
        comment=("Which themes staff saw in something that somebody wrote."),
    )
    op.create_index("ix_word_themes_theme_id", "word_themes", ["theme_id"], unique=False)


def _make_theme_replies() -> None:
    op.create_table(
        "theme_replies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("taken_back_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=("fk_theme_replies_theme_id_themes")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_theme_replies")),
        comment=("What was done about a theme, written by staff to be read by everybody."),
    )
    op.create_index("ix_theme_replies_theme_id", "theme_replies", ["theme_id"], unique=False)


def _make_release_files() -> None:
    op.create_table(
        "release_files",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=("fk_release_files_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", "audience", "name", name=("pk_release_files")),
        comment=("Every file of a published release, byte for byte as each pull returns it."),
    )


def _make_release_refusals() -> None:
    op.create_table(
        "release_refusals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_release_refusals")),
        comment=("When figures were refused and why, in words that show no protected number."),
    )
    op.create_index("ix_release_refusals_quarter", "release_refusals", ["quarter"], unique=False)


def _widen_episodes() -> None:
    op.add_column("support_episodes", sa.Column("child_age", sa.Text(), nullable=True))
    op.add_column("support_episodes", sa.Column("unplanned_moves", sa.Integer(), nullable=True))
    op.add_column("support_episodes", sa.Column("away_at_start", sa.Boolean(), nullable=True))
    op.add_column("support_episodes", sa.Column("away_at_end", sa.Boolean(), nullable=True))
    op.add_column("support_episodes", sa.Column("plan_on", sa.Date(), nullable=True))
    op.add_column("support_episodes", sa.Column("disengaged_on", sa.Date(), nullable=True))
    op.add_column("support_episodes", sa.Column("back_on", sa.Date(), nullable=True))


def _widen_releases() -> None:
    op.add_column(
        "releases", sa.Column("state", sa.Text(), server_default="published", nullable=False)
    )
    op.add_column(
        "releases", sa.Column("compiled_by", sa.Text(), server_default="starling", nullable=False)
    )
    op.add_column("releases", sa.Column("approved_at", sa.BigInteger(), nullable=True))
    op.add_column("releases", sa.Column("approved_by", sa.Text(), nullable=True))
    op.add_column("releases", sa.Column("published_at", sa.BigInteger(), nullable=True))
    op.add_column("releases", sa.Column("published_by", sa.Text(), nullable=True))
    op.add_column("releases", sa.Column("dropped_at", sa.BigInteger(), nullable=True))
    op.add_column("releases", sa.Column("dropped_by", sa.Text(), nullable=True))
    op.add_column("releases", sa.Column("certificate_cipher", sa.LargeBinary(), nullable=True))
    op.add_column("releases", sa.Column("ledger_cipher", sa.LargeBinary(), nullable=True))
    # Figures of the first form cannot be audited with later ones: they are kept, but not given out.
    op.execute("UPDATE releases SET state = 'dropped'")


def _index_occasions() -> None:
    op.create_index(
        "ix_occasions_ended_at",
        "occasions",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index(
        "ix_occasions_open",
        "occasions",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _say_what_tables_hold(comments: dict[str, str | None]) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, comment in comments.items():
        if comment is None:
            op.drop_table_comment(table)
        else:
            op.create_table_comment(table, comment)


_NEW_COMMENTS: dict[str, str | None] = {
    "support_episodes": (
        "`worker` is how staff call who looks after it. `ref_*` is its number in the case"
        " system, where it came from there. `child_age` is the band when it was accepted;"
        " what follows is what staff noted for the contract."
    ),
    "releases": (
        "Frozen figures: never changed once stored; `state` says how far one has come. "
        "`quarter` is the period. The certificate proves the audit, the ledger is what "
        "later audits need; both are locked."
    ),
}

_OLD_COMMENTS: dict[str, str | None] = {
    "support_episodes": (
        "`worker` is how staff call who looks after it. `ref_*` is its number in the case "
        "system, where it came from there."
    ),
    "releases": "Frozen figures: never changed once stored.",
}

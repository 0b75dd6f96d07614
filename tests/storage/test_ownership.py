"""Whose rows are these: the rules stand for every table, and name columns that are there."""

from __future__ import annotations

import pytest

from storage.ownership import (
    OWNERS,
    Nobody,
    OfChat,
    OfChild,
    OfEpisode,
    OfEpisodeKey,
    OfParticipant,
    OfParticipantKey,
    Rule,
    Sealed,
    Through,
)
from storage.tables import metadata

_POINTS_AT = {
    OfParticipant: "participants",
    OfChild: "children",
    OfEpisode: "support_episodes",
}


def test_every_table_has_one_rule_and_no_rule_is_left_over() -> None:
    """A new table without a rule fails here, before anybody forgets to erase it."""
    assert set(OWNERS) == set(metadata.tables)


@pytest.mark.parametrize("name", sorted(OWNERS))
def test_a_rule_names_a_column_that_is_there(name: str) -> None:
    """A rule about a column that was renamed says nothing."""
    match OWNERS[name]:
        case Nobody(reason):
            assert reason.endswith(".")
        case Through(table, column):
            assert column in metadata.tables[name].c
            assert not isinstance(OWNERS[table], Nobody)
        case (
            OfParticipant(column)
            | OfChild(column)
            | OfEpisode(column)
            | OfEpisodeKey(column)
            | OfParticipantKey(column)
            | OfChat(column)
            | Sealed(column)
        ):
            assert column in metadata.tables[name].c


@pytest.mark.parametrize("name", sorted(OWNERS))
def test_a_column_that_points_at_somebody_makes_the_table_theirs(name: str) -> None:
    """Rows that name a participant are theirs; a child's are told by the child or the support."""
    rule = OWNERS[name]
    foreign = {each.column.table.name for each in metadata.tables[name].foreign_keys}
    if "participants" in foreign and name != "participants":
        assert rule == OfParticipant(), f"{name} names a participant"
    elif foreign & {"children", "support_episodes"}:
        assert not isinstance(rule, Nobody), f"{name} is about a child"
    elif foreign - {"themes", "releases"}:
        assert isinstance(rule, Through), f"{name} hangs on rows of {foreign}"


@pytest.mark.parametrize("kind", [OfParticipant, OfChild, OfEpisode])
def test_what_is_somebodys_really_points_at_them(kind: type[Rule]) -> None:
    """The column is the id itself or a foreign key to it, so nothing else can stand in it."""
    for name, rule in OWNERS.items():
        if not isinstance(rule, kind) or isinstance(rule, (Nobody, Through)):
            continue
        column = metadata.tables[name].c[rule.column]
        there = {each.column.table.name for each in column.foreign_keys} or {name}
        assert there == {_POINTS_AT[kind]}, name

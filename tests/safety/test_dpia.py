"""The data-protection impact assessment tells of every column that there is, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storage.ownership import OWNERS, Nobody
from storage.sealed import SEALED
from storage.tables import metadata
from usecases.retention_rules import CLASSES

DPIA = Path(__file__).parents[2] / "docs" / "safety" / "dpia.md"
SERVICE = "service"
"""The class of what is kept while the service stands."""

_ENTRY = re.compile(
    r"^### (?P<table>\w+)\n\n(?P<purpose>.+)\.\nBasis: (?P<basis>.+)\. Seen by: (?P<seen>.+)\. "
    r"Class: `(?P<kept>[a-z-]+)`\.\n\n\| column \| what for \|\n\|---\|---\|\n"
    r"(?P<rows>(?:\|.+\|\n)+)",
    re.MULTILINE,
)
_ROW = re.compile(r"^\| (\w+)\.(\w+) \| (.+) \|$", re.MULTILINE)
NEVER = re.compile(
    r"first_?name|surname|last_?name|birth|dob\b|postcode|street|school|phone|nhs|photo|latitude|ip_"
)
"""Columns that must not be there: what would find a child."""


def entries() -> dict[str, re.Match[str]]:
    return {each["table"]: each for each in _ENTRY.finditer(DPIA.read_text(encoding="utf-8"))}


def test_every_table_has_an_entry_with_purpose_basis_who_sees_and_a_class() -> None:
    assert set(entries()) == set(metadata.tables)
    assert {each["kept"] for each in entries().values()} <= {*CLASSES, SERVICE}


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_column_is_told_of_and_no_other(table: str) -> None:
    told = _ROW.findall(entries()[table]["rows"])
    assert [f"{name}.{column}" for name, column, _ in told] == [
        f"{table}.{column.name}" for column in metadata.tables[table].columns
    ]


def test_what_is_somebodys_has_a_class_that_ends_or_is_cut_from_them() -> None:
    somebodys = {name for name, rule in OWNERS.items() if not isinstance(rule, Nobody)}
    assert {name for name in somebodys if entries()[name]["kept"] == SERVICE} == set()


def test_what_is_locked_is_said_to_be() -> None:
    for sealed in SEALED:
        told = {
            column: what for _, column, what in _ROW.findall(entries()[sealed.table.name]["rows"])
        }
        assert "locked" in told[sealed.column], sealed.table.name


def test_no_column_is_for_what_we_must_not_know() -> None:
    columns = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
    ]
    assert [each for each in columns if NEVER.search(each)] == []


def test_consent_is_never_the_basis() -> None:
    assert [name for name, each in entries().items() if "consent" in each["basis"]] == []

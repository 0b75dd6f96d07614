"""Every column that holds bytes is known to the rotation of the keys, or it is no secret."""

from __future__ import annotations

from sqlalchemy import LargeBinary

from storage.sealed import SEALED, all_known
from storage.tables import metadata


def test_every_column_of_bytes_is_known_to_the_rotation() -> None:
    """A new sealed or indexed column must be named in storage.sealed, or a rotation loses it."""
    stored = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        or column.name.endswith(("cipher", "_index", "wrapped_key"))
    }
    assert stored == all_known()


def test_every_sealed_table_can_be_walked_along_its_id() -> None:
    for sealed in SEALED:
        assert [column.name for column in sealed.table.primary_key] == ["id"]

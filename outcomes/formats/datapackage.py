"""Describes every file of an audience in a Data Package (version 2); it changes none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from outcomes.episode import Audience
from outcomes.formats.ees import META_COLUMNS
from outcomes.formats.labels import PLACES
from outcomes.formats.layout import Column, Kind, Table
from outcomes.formats.outfile import OutFile
from outcomes.formats.projection import canonical
from outcomes.release import Release

NAME = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MISSING = ["", "c", "x", "z", "low", "k", "u"]
"""What stands in the place of a number, so that readers keep columns numeric."""

_TITLES = {
    "workbook.xlsx": "The same figures as a workbook to read and print",
    "measurereport.json": "The same figures as FHIR R4B measure reports",
    "release.json": "The same figures as JSON",
    "release.schema.json": "What release.json holds",
    "notes.txt": "How the figures are to be read",
}


def describe(
    release: Release, audience: Audience, files: Iterable[OutFile], tables: Mapping[str, Table]
) -> OutFile:
    """Give `datapackage.json` for these files; `tables` has the columns of the CSV files by name.

    Every file has its size and SHA-256, every table its columns, their types and what is missing.
    """
    content = {
        "$schema": _PROFILE,
        "name": f"starling-{release.period.slug}-{audience.value}",
        "id": release.id,
        "title": f"Outcomes of support, {release.period}, {PLACES[audience].title}",
        "description": " ".join((release.policy.plain_words, f"This release is {release.status}.")),
        "resources": [_resource(each, tables.get(each.name)) for each in files],
    }
    return OutFile(NAME, "application/json", canonical(content))


def _resource(file: OutFile, table: Table | None) -> dict[str, object]:
    stem, _, form = file.name.rpartition(".")
    resource: dict[str, object] = {
        "name": stem.replace(".", "-"),
        "path": file.name,
        "title": _TITLES.get(file.name, table.title if table else f"The columns of {stem}"),
        "format": form,
        "mediatype": file.media_type.partition(";")[0],
        "bytes": len(file.content),
        "hash": f"sha256:{hashlib.sha256(file.content).hexdigest()}",
    }
    if form != "xlsx":
        resource["encoding"] = "utf-8"
    if form == "csv":
        resource |= {"type": "table", "schema": _table_schema(table)}
    return resource


def _table_schema(table: Table | None) -> dict[str, object]:
    """Describe the columns of a table, or of the description of one."""
    if table is None:
        return {"fields": [{"name": each, "type": "string"} for each in META_COLUMNS],
                "primaryKey": ["col_name"], "missingValues": [""]}  # fmt: skip
    return {
        "fields": [_field(each) for each in table.columns],
        "primaryKey": list(table.key),
        "missingValues": _MISSING,
    }


def _field(column: Column) -> dict[str, object]:
    kind = "string"
    if column.kind is Kind.INDICATOR:
        kind = "number" if column.decimals else "integer"
    field: dict[str, object] = {"name": column.name, "type": kind, "title": column.label}
    if column.unit:
        field["description"] = f"in {column.unit}"
    return field

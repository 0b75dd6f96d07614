"""Gives every file that an audience gets of a release; it works out no figure.

The same release and audience always give the same bytes, from the same versions of the libraries:
what was handed out is stored, not made again.
"""

from __future__ import annotations

from collections.abc import Iterator

from outcomes.episode import Audience
from outcomes.formats import fhir, projection, workbook
from outcomes.formats.datapackage import describe
from outcomes.formats.ees import write_statistics, write_table
from outcomes.formats.labels import PLACES
from outcomes.formats.layout import Table
from outcomes.formats.lists import (
    definition_table,
    indicator_table,
    reply_table,
    uncounted_table,
)
from outcomes.formats.outfile import OutFile
from outcomes.formats.sheets import statistics_tables
from outcomes.release import Release

__all__ = ["OutFile", "files_of"]

_CSV, _JSON, _TEXT = "text/csv; charset=utf-8", "application/json", "text/plain; charset=utf-8"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FHIR = "application/fhir+json"


def files_of(release: Release, audience: Audience) -> tuple[OutFile, ...]:
    """Give every file of a release for one audience, in a fixed order; the last describes them.

    A council's files hold its own figures and their definitions only. Raises `OutcomesError` rather
    than hand out a file that a spreadsheet could run or that does not follow its standard.
    """
    statistics = statistics_tables(release, audience)
    lists = [
        each
        for each in (
            definition_table(release, audience),
            uncounted_table(release),
            indicator_table(release),
            reply_table(release),
        )
        if each.rows
    ]
    made = (
        *_statistics(statistics),
        *(OutFile(f"{each.name}.csv", _CSV, write_table(each)) for each in lists),
        OutFile(workbook.NAME, _WORKBOOK, workbook.to_workbook(release, audience)),
        OutFile(fhir.NAME, _FHIR, fhir.to_fhir(release, audience)),
        OutFile(projection.NAME, _JSON, projection.project(release, audience)),
        OutFile(projection.SCHEMA_NAME, "application/schema+json", projection.schema()),
        OutFile("notes.txt", _TEXT, _notes(release, audience)),
    )
    tables = {f"{each.name}.csv": each for each in (*statistics, *lists)}
    return (*made, describe(release, audience, made, tables))


def _statistics(tables: tuple[Table, ...]) -> Iterator[OutFile]:
    for table in tables:
        for name, content in write_statistics(table).items():
            yield OutFile(name, _CSV, content)


def _notes(release: Release, audience: Audience) -> bytes:
    lines = (
        f"Release {release.id}, {release.status}, for {PLACES[audience].title}",
        f"Disclosure policy: {release.policy.name}",
        "",
        *release.all_notes,
    )
    return ("\n".join(lines) + "\n").encode()

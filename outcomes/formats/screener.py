"""Screens a statistics file and its description before it goes out; it mends nothing.

The checks have the names and follow the rules of the Department for Education's eesyscreener
(dfe-analytical-services/eesyscreener, MIT licence). They are written anew. A file with a FAIL is
not handed out.
"""

from __future__ import annotations

from collections.abc import Mapping

from outcomes.formats import screen_columns, screen_meta, screen_places, screen_rows
from outcomes.formats.screening import (
    Check,
    Finding,
    Pair,
    Report,
    Result,
    UnscreenedFileError,
)

CHECKS = (
    *screen_columns.CHECKS,
    *screen_meta.CHECKS,
    *screen_rows.BEFORE_PLACES,
    *screen_places.FIRST,
    *screen_rows.AFTER_PLACES,
    *screen_places.CHECKS,
    *screen_rows.LAST,
)
"""Every check, in the order in which they run."""


def screen(pair: Pair, accepted: Mapping[str, str] | None = None) -> Report:
    """Run every check, stage by stage; after a stage with a FAIL the later ones make no sense.

    `accepted` names checks that this file breaks on purpose, with the reason: a FAIL of theirs
    becomes an ADVISORY that says so.
    """
    found: dict[str, Finding] = {}
    order = tuple(Result)
    stopped_in: str | None = None
    for check in CHECKS:
        if stopped_in is not None and check.stage != stopped_in:
            break
        finding = _run(check, pair, accepted or {})
        before = found.get(check.name)
        if before is None or order.index(finding.result) > order.index(before.result):
            found[check.name] = finding
        if finding.result is Result.FAIL:
            stopped_in = check.stage
    return Report(tuple(found.values()))


def _run(check: Check, pair: Pair, accepted: Mapping[str, str]) -> Finding:
    broken = tuple(check.find(pair))
    if not broken:
        return Finding(check.name, check.stage, Result.PASS, "")
    message = f"{check.told}: {', '.join(repr(each) for each in broken)}"
    if check.on_fault is Result.FAIL and check.name in accepted:
        message = f"{message} (on purpose: {accepted[check.name]})"
        return Finding(check.name, check.stage, Result.ADVISORY, message)
    return Finding(check.name, check.stage, check.on_fault, message)


def refuse_if_failed(pair: Pair, report: Report) -> None:
    """Raise `UnscreenedFileError` with every FAIL in a report."""
    failed = report.of(Result.FAIL)
    if failed:
        told = "; ".join(f"{each.check}: {each.message}" for each in failed)
        message = f"{pair.data_name} does not follow the standard for statistics files: {told}"
        raise UnscreenedFileError(message)

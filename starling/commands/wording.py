"""`starling wording ...`: every sentence that a participant can see, and whether it is plain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from starling.commands.speaking import AsJson, print_json

if TYPE_CHECKING:
    from surveys.wording import Sentence

app = typer.Typer(help="List and check what participants are told.", no_args_is_help=True)


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """Print every sentence that a participant can see, one a line."""
    sentences = list(_all_sentences())
    if as_json:
        print_json(
            [
                {"where": each.where, "voice": each.voice.value, "text": each.text}
                for each in sentences
            ]
        )
        return
    from surveys.reading import split_sentences

    apart = (part for each in sentences for part in split_sentences(each.text))
    for text in dict.fromkeys(" ".join(part.split()) for part in apart):
        typer.echo(text)


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Check every sentence: reading age, length, words that children ask us not to use."""
    from surveys.wording import check_all

    sentences = list(_all_sentences())
    findings = check_all(sentences)
    if as_json:
        print_json(
            [
                {
                    "rule": each.rule,
                    "where": each.where,
                    "sentence": each.sentence,
                    "remedy": each.remedy,
                }
                for each in findings
            ]
        )
    else:
        for each in findings:
            typer.echo(f"{each.where}: {each.rule}: {each.sentence!r}. {each.remedy}")
        typer.echo(f"{len(sentences)} sentences read, {len(findings)} findings.")
    if findings:
        raise typer.Exit(1)


def _all_sentences() -> Iterator[Sentence]:
    from surveys.catalogue import load_catalogue
    from surveys.helplines import helplines
    from surveys.phrasebook import phrasebook
    from surveys.wording import instrument_sentences

    for instrument in load_catalogue().all():
        yield from instrument_sentences(instrument)
    yield from phrasebook().sentences()
    yield from helplines().sentences()

"""`starling pairs ...`: what is kept beside each answer for the figures."""

from __future__ import annotations

import typer

from starling.commands.speaking import AsJson, print_json, run_async

app = typer.Typer(
    help="Look after what is kept beside each answer for the figures.", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    """Look after what is kept beside each answer for the figures."""


@app.command()
def rebuild(*, as_json: AsJson = False) -> None:
    """Work out anew, from all answers, what is kept beside them; figures ask for it if they must.

    Answers wait until it is done: some seconds for each hundred thousand of them.
    """
    from starling.compose import read_settings
    from storage import pairs
    from storage.database import run_once

    def tell(done: int, of: int) -> None:
        typer.echo(f"{done} of {of} support episodes", err=True)

    async def work() -> int:
        url = read_settings().database_url
        return run_once(url, lambda connection: pairs.rebuild_all(connection, tell))

    rows = run_async(work())
    if as_json:
        print_json({"rows": rows})
    else:
        typer.echo(f"Rows kept beside the answers: {rows}.")

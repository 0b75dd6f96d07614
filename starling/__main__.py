"""The command line: it names the commands, and imports what one needs only when it runs."""

from __future__ import annotations

import typer

from starling.commands import (
    access,
    accounts,
    alerts,
    audit,
    backup,
    bench,
    concerns,
    episodes,
    followups,
    importing,
    keys,
    outbox,
    pairs,
    people,
    releases,
    retention,
    rhythms,
    rights,
    serving,
    simulating,
    themes,
    wording,
)

app = typer.Typer(
    name="starling",
    help="Check-ins for children in care and their carers, and safe figures for those who pay.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("run")(serving.run)
app.command("migrate")(serving.migrate)
app.command("doctor")(serving.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("demo")(simulating.demo)
app.command("simulate")(simulating.simulate)
app.command("invite")(episodes.invite)
app.add_typer(alerts.app, name="alerts")
app.add_typer(episodes.app, name="episode")
app.add_typer(followups.app, name="followups")
app.add_typer(importing.app, name="import")
app.add_typer(pairs.app, name="pairs")
app.add_typer(people.app, name="people")
app.add_typer(releases.app, name="release")
app.add_typer(rhythms.app, name="rhythms")
app.add_typer(themes.app, name="themes")
app.add_typer(wording.app, name="wording")
app.add_typer(concerns.app, name="concerns")
app.add_typer(rights.app, name="rights")
app.add_typer(retention.app, name="retention")
app.add_typer(access.app, name="access")
app.add_typer(accounts.app, name="accounts")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(outbox.app, name="outbox")
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()

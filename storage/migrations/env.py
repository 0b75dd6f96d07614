"""What alembic runs to reach the database: it uses the connection it is given, or `-x url=...`.

It reads no settings and sets up no logging.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator, create_engine

from storage.tables import metadata


def _render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write types of our own as what they are in the database: a step imports no code of ours."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite cannot alter a table in place
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


def _main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not isinstance(url, str):
        msg = "say which database: alembic -x url=sqlite:///var/starling.db ..."
        raise SystemExit(msg)
    with create_engine(url, hide_parameters=True).begin() as connection:
        _run(connection)


_main()

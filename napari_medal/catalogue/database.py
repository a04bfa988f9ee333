"""Opening the catalogue's database, and bringing its tables up to date."""

from pathlib import Path
from sqlite3 import DatabaseError as DriverError
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from napari_medal.errors import ProjectError

FILE_NAME = "catalogue.sqlite"


def open_database(folder: Path) -> Engine:
    """Open the catalogue in `folder`, creating it or migrating it to the present tables.

    Raises:
        ProjectError: The file is no database, or was written by a newer napari-medal.
    """
    path = folder / FILE_NAME
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_pragmas)
    try:
        _migrate(engine, path)
    except DatabaseError as error:
        engine.dispose()
        msg = f"{path} could not be opened as a catalogue: {error.orig}."
        raise ProjectError(msg) from error
    return engine


def keep_writers_out(session: Session) -> None:
    """Begin a transaction that no other writer can enter, where the database cannot lock single rows."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("BEGIN IMMEDIATE"))


def _set_pragmas(connection: Any, _record: Any) -> None:
    """Enforce foreign keys, and keep one file that can be copied: a rollback journal, not a write-ahead log."""
    try:
        for pragma in ("foreign_keys = ON", "journal_mode = DELETE", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}").close()
    except DriverError:
        connection.close()  # SQLAlchemy forgets a connection that fails here
        raise


def _migrate(engine: Engine, path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None and found not in known:
            msg = f"{path} was written by a newer napari-medal (tables '{found}'). Install a newer one."
            raise ProjectError(msg)
        if found == scripts.get_current_head():
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

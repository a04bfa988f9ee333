"""Opening the catalogue's database, and bringing its tables up to date."""

import sqlite3
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from napari_medal.errors import ProjectError

FILE_NAME = "catalogue.sqlite"

_PATIENCE_SECONDS = 30.0
"""How long a writer waits for another one."""


def open_database(folder: Path) -> Engine:
    """Open the catalogue in `folder`, creating it or migrating it to the present tables.

    Raises:
        ProjectError: The file is no database, or was written by a newer napari-medal.
    """
    path = folder / FILE_NAME
    engine = create_engine(f"sqlite:///{path}", creator=partial(_connect, path))
    try:
        _migrate(engine, path)
    except DatabaseError as error:
        engine.dispose()
        msg = f"{path} could not be opened as a catalogue: {error.orig}."
        raise ProjectError(msg) from error
    except ProjectError:
        engine.dispose()
        raise
    return engine


def keep_writers_out(session: Session) -> None:
    """Begin a transaction that no other writer can enter, where the database cannot lock single rows."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("BEGIN IMMEDIATE"))


def _connect(path: Path) -> sqlite3.Connection:
    """Connect with foreign keys enforced, and one file that can be copied: a rollback journal, no write-ahead log."""
    connection = sqlite3.connect(path, timeout=_PATIENCE_SECONDS, check_same_thread=False)
    try:
        for pragma in ("foreign_keys = ON", "journal_mode = DELETE", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


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

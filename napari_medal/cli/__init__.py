"""The command line: the same use-cases as the viewer's, one command each.

Exit codes: 0 done; 1 the request cannot be served, the message says why; 2 the command or a setting is wrong;
3 a file is broken or does not fit; 4 an extension is missing or broken; 130 interrupted.
"""

import sys

import typer

from napari_medal.cli import (
    data,
    help_desk,
    inspection,
    learning,
    looks,
    loop,
    measuring,
    planning,
    project,
    review,
    settings,
    slabs,
    trust,
    versions,
    watching,
)
from napari_medal.errors import (
    ExtensionError,
    FormatError,
    GeometryError,
    JobCancelled,
    MedalError,
    SettingsError,
)

app = typer.Typer(
    name="napari-medal",
    help="From a handful of hand-labelled volumes to a curated dataset: rank, correct, retrain, export.",
    epilog="For research and dataset curation; not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
for commands in (
    project,
    inspection,
    watching,
    loop,
    slabs,
    learning,
    planning,
    settings,
    versions,
    trust,
    review,
    looks,
    measuring,
    data,
    help_desk,
):
    commands.register(app)

_CODES: tuple[tuple[type[MedalError], int], ...] = (
    (SettingsError, 2),
    (FormatError, 3),
    (GeometryError, 3),
    (ExtensionError, 4),
    (JobCancelled, 130),
)


def main() -> None:
    """Run the command line; errors become one line and an exit code."""
    try:
        app()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)
    except MedalError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(next((code for kind, code in _CODES if isinstance(error, kind)), 1))

"""What the commands share: progress on the terminal, and results for people or for programs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from napari_medal.core.progress import CurvePoint, Progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from napari_medal.loop.session import Session

ProjectFolder = Annotated[Path, typer.Argument(metavar="PROJECT", help="The project's folder.")]
TaskName = Annotated[str | None, typer.Option("--task", help="Which task, if the project has several.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

_WIDTH_OF_FILES = 240


def say(text: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Print a line that is not part of the result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def say_json(value: Any) -> None:
    """Print a dataclass, or a list of them, as JSON."""
    from pydantic import TypeAdapter

    say(TypeAdapter(Any).dump_json(value, indent=2).decode())


def terminal(is_result: bool = False) -> "Console":
    """Return what draws tables, beside the result or as the result; as wide as they need where nobody looks."""
    from rich.console import Console

    console = Console(stderr=not is_result)
    return console if console.is_terminal else Console(stderr=not is_result, width=_WIDTH_OF_FILES)


@contextmanager
def watched() -> Iterator[Progress]:
    """Give out a `Progress` that draws a bar with the time left, where there is a terminal to draw on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield _Bar(bars)


@contextmanager
def opened(folder: Path) -> "Iterator[Session]":
    """Open a project for a command, and close it afterwards."""
    from napari_medal.loop.session import open_session

    session = open_session(folder)
    try:
        yield session
    finally:
        session.close()


class _Bar:
    """Draws one bar at a time; an interrupt from the keyboard ends the work by itself."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._shown: TaskID | None = None
        self._text = ""

    def step(self, done: int, total: int, text: str) -> None:
        if self._shown is None or text != self._text:
            if self._shown is not None:
                self._bars.remove_task(self._shown)
            self._shown, self._text = self._bars.add_task(text, total=total), text
        self._bars.update(self._shown, completed=done, total=total)

    def point(self, point: CurvePoint) -> None:
        """Draw no curve."""

    def check(self) -> None:
        """Never cancel."""

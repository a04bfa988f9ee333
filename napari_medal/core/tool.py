"""The protocol of a correction tool."""

from dataclasses import dataclass, field, fields
from typing import Any, Protocol, runtime_checkable

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.errors import ExtensionError

_KEY = "option"


@dataclass(frozen=True)
class Option:
    """How a field of a tool is asked for.

    Args:
        title: One or two words.
        tip: What it does, in a sentence.
        low: Smallest value of a number.
        high: Largest value of a number.
        step: Of a number's arrows.
        unit: Shown behind a number.
        is_label: Whether the number is a label value, chosen by name.
        is_live: Whether the number is a slider, and each move of it is drawn at once, in place of the last one.
    """

    title: str
    tip: str
    low: float = 0.0
    high: float = 100.0
    step: float = 1.0
    unit: str = ""
    is_label: bool = False
    is_live: bool = False


@runtime_checkable
class EditTool(Protocol):
    """A correction of a mask in one step: a pure function from a drawing to a stroke.

    A tool is a frozen dataclass; its fields, made with `option`, are what a person sets, and
    `dataclasses.replace` gives the tool with other settings. Register an instance with sensible settings under the
    entry-point group "napari_medal.tools"; `napari_medal.testing.check_tool` tells whether it is sound.
    """

    @property
    def name(self) -> str:
        """Identifier."""

    @property
    def title(self) -> str:
        """One to three words, on its button."""

    @property
    def tip(self) -> str:
        """What it does, in a sentence."""

    @property
    def group(self) -> str:
        """The heading it stands under, such as "Shape"."""

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the correction; an empty stroke where there is nothing to do.

        Raises:
            MedalError: The drawing lacks what the tool needs; the message says what, in words for a reader.
            JobCancelled: The person cancelled.
        """


def option(default: Any, shown: Option) -> Any:
    """Return a dataclass field that a person sets; its type is bool, int, float or a StrEnum."""
    return field(default=default, metadata={_KEY: shown})


def options_of(tool: EditTool) -> dict[str, Option]:
    """Return how the settings of a tool are asked for, by field name, in order.

    Raises:
        ExtensionError: The tool is no dataclass.
    """
    try:
        return {entry.name: entry.metadata[_KEY] for entry in fields(tool) if _KEY in entry.metadata}  # type: ignore[arg-type]
    except TypeError as error:
        msg = f"The tool '{tool.name}' is no dataclass."
        raise ExtensionError(msg) from error

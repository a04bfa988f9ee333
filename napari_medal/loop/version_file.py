"""A file of a model version's folder that holds a dataclass as JSON."""

from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict, RootModel, ValidationError

from napari_medal.atomic import write_text_atomic
from napari_medal.errors import ProjectError

T = TypeVar("T")


class VersionFile(RootModel[T]):
    """What the file holds; `VersionFile[Calibration]` holds a `Calibration`."""

    # JSON has no number for nan or infinity.
    model_config = ConfigDict(ser_json_inf_nan="strings")

    def write(self, path: Path) -> None:
        """Write it, atomically."""
        write_text_atomic(path, self.model_dump_json(indent=1))

    @classmethod
    def read(cls, path: Path, without: str = "") -> T | None:
        """Read it back; None where there is no such file.

        Args:
            path: The file.
            without: What holds where the file is deleted, for the message.

        Raises:
            ProjectError: The file is damaged.
        """
        try:
            return cls.model_validate_json(path.read_bytes()).root
        except FileNotFoundError:
            return None
        except ValidationError as error:
            msg = f"{path} is damaged: {error.errors()[0]['msg'].lower()}.{f' {without}' if without else ''}"
            raise ProjectError(msg) from error

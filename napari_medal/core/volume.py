"""An array and where it lies."""

from dataclasses import dataclass

from napari_medal.core.grid import Grid
from napari_medal.errors import GeometryError
from napari_medal.types import ImageArray


@dataclass(frozen=True, eq=False)
class Volume:
    """One image, or one mask, in the canonical frame.

    Args:
        array: (Z, Y, X) values; Z is 1 for a 2D image.
        grid: Its geometry, in the same axis order.

    Raises:
        GeometryError: Array and grid differ in shape.
    """

    array: ImageArray
    grid: Grid

    def __post_init__(self) -> None:
        if self.array.shape != self.grid.shape:
            msg = f"Found an array of shape {self.array.shape}; its grid has shape {self.grid.shape}."
            raise GeometryError(msg)


def require_same_grid(first: Volume, first_name: str, second: Volume, second_name: str) -> None:
    """Check that two volumes cover the same voxels.

    Raises:
        GeometryError: They do not; the message shows both grids.
    """
    if not first.grid.matches(second.grid):
        msg = (
            f"{first_name} and {second_name} do not lie on the same grid: "
            f"{first_name} has {first.grid}; {second_name} has {second.grid}."
        )
        raise GeometryError(msg)

"""Sample data for the viewer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_medal.contributions.layer import LayerData


def phantom() -> "list[LayerData]":
    """Make one phantom volume and its labels; always the same ones."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from napari_medal.contributions.layer import layer_of
    from napari_medal.core.progress import Silent
    from napari_medal.io.nifti import READER
    from napari_medal.io.samples.phantom import write_phantoms

    with TemporaryDirectory() as folder:
        cohort = write_phantoms(Path(folder), cases=1, seed=0, progress=Silent())
        (image,) = (READER.read(path)[0] for path in cohort.images.iterdir())
        (labels,) = (READER.read(path)[0] for path in cohort.labels.iterdir())
    return [layer_of(image, "phantom"), layer_of(labels, "phantom labels", "labels")]

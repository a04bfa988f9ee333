"""Make the pictures of the documentation: a phantom project after a few simulated rounds, in the real viewer.

`make shots` runs it, under a virtual screen where there is none.
"""

import shutil
import tempfile
from pathlib import Path

from napari_medal.core.progress import Silent
from napari_medal.gui.app import run_viewer
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.samples import PHANTOM, get_sample
from napari_medal.loop.session import installed_extensions
from napari_medal.loop.simulation import SimulationOptions, simulate

_IMAGES = Path(__file__).parent / "images"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sample = get_sample(PHANTOM, folder, cases=24, seed=1, progress=Silent())
        wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
        session = new_project(folder / "project", "phantoms", [wish], installed_extensions())
        add_cases(session, Source(sample.images), Silent())
        options = SimulationOptions(start=5, batch=3, rounds=1, validation=0.15, test=0.15)
        simulate(session, "segmentation", sample.labels, options, Silent())
        session.close()
        for picture in run_viewer(folder / "project", folder / "pictures"):
            shutil.copyfile(picture, _IMAGES / picture.name)
            print(_IMAGES / picture.name)


if __name__ == "__main__":
    main()

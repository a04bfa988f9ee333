import os
from pathlib import Path

import pytest
from hypothesis import settings

from napari_medal.core.progress import Silent
from napari_medal.io.samples.phantom import PhantomCohort, write_phantoms

# Shared machines are slow at times; a time limit per example would fail at random.
settings.register_profile("napari-medal", deadline=None, print_blob=True)
settings.load_profile("napari-medal")


@pytest.fixture(scope="session")
def repo_root() -> Path:
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def medal_data(repo_root: Path) -> Path:
    """The folder of real volumes; tests that need it are skipped without it."""
    folder = Path(os.environ.get("MEDAL_DATA", repo_root / "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} does not exist; set MEDAL_DATA")
    return folder


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> PhantomCohort:
    """Nine small phantoms with masks and classes; nobody writes into them."""
    return write_phantoms(tmp_path_factory.mktemp("cohort"), 9, seed=3, progress=Silent(), shape=(16, 24, 16))

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume
from napari_medal.io.burnt_in import has_burnt_in_text
from napari_medal.io.picture import READER

TISSUE = (200, 300)


def as_volume(array: npt.NDArray[np.generic]) -> Volume:
    stack = array[None] if array.ndim == 2 else array
    return Volume(stack, Grid((stack.shape[0], stack.shape[1], stack.shape[2]), np.eye(4)[[2, 1, 0, 3]]))


def speckle(seed: int) -> npt.NDArray[np.uint8]:
    """Layers with Rayleigh speckle, as an ultrasound picture has."""
    random = np.random.default_rng(seed)
    grain = ndimage.gaussian_filter(random.rayleigh(1, TISSUE), (1, 2))
    layers = ndimage.gaussian_filter(random.normal(size=TISSUE), (4, 25))
    picture = grain * np.exp(layers / layers.std() * 0.4)
    return np.asarray(picture / picture.max() * 200, dtype=np.uint8)


def write_on(picture: npt.NDArray[np.uint8], text: str, at: tuple[int, int], height: int) -> npt.NDArray[np.uint8]:
    image = Image.fromarray(picture)
    ImageDraw.Draw(image).text(at, text, fill=235, font=ImageFont.load_default(height))
    return np.asarray(image)


@given(st.integers(0, 2**32 - 1))
def test_speckle_holds_no_text(seed: int) -> None:
    assert not has_burnt_in_text(as_volume(speckle(seed)))


@given(st.integers(0, 2**32 - 1), st.integers(10, 24), st.integers(0, 150), st.integers(150, 175))
def test_words_beside_tissue_are_seen(seed: int, height: int, x: int, y: int) -> None:
    picture = speckle(seed)
    picture[140:] = 0
    assert has_burnt_in_text(as_volume(write_on(picture, "RT AXILLA 5", (x, y), height)))


def test_a_flat_picture_and_a_tiny_one_hold_none() -> None:
    assert not has_burnt_in_text(as_volume(np.zeros((50, 50), dtype=np.uint8)))
    assert not has_burnt_in_text(as_volume(np.eye(5, dtype=np.uint8)))


def test_two_letters_are_no_word() -> None:
    black = np.zeros(TISSUE, dtype=np.uint8)
    assert not has_burnt_in_text(as_volume(write_on(black, "RT", (20, 20), 16)))
    assert has_burnt_in_text(as_volume(write_on(black, "RTE", (20, 20), 16)))


def test_of_a_film_only_text_in_every_picture_counts() -> None:
    moving = np.stack([speckle(seed) for seed in range(4)])
    moving[:, 140:] = 0
    assert not has_burnt_in_text(as_volume(np.concatenate([write_on(moving[0], "DOE", (20, 160), 16)[None], moving])))
    assert has_burnt_in_text(as_volume(np.stack([write_on(picture, "DOE", (20, 160), 16) for picture in moving])))


def has_words(path: Path) -> bool:
    return any(has_burnt_in_text(channel) for channel in READER.read(path))


# By eye: pictures drawn at random before the limits were chosen, with and without words.
WORDS = [
    "benign_237",
    "malignant_201",
    "malignant_148",
    "malignant_111",
    "benign_256",
    "benign_210",
    "benign_292",
    "benign_249",
    "benign_409",
    "benign_223",
]
NO_WORDS = [
    "benign_314",
    "benign_183",
    "malignant_28",
    "benign_365",
    "malignant_174",
    "malignant_146",
    "benign_396",
    "normal_32",
    "benign_98",
    "benign_357",
    "malignant_51",
    "benign_179",
    "malignant_166",
    "benign_7",
    "normal_52",
    "malignant_141",
    "benign_70",
    "benign_131",
]


@pytest.mark.real_data
def test_breast_pictures_with_and_without_words(medal_data: Path) -> None:
    folder = medal_data / "breast_us"
    seen = {name: has_words(folder / f"{name}.png") for name in (*WORDS, *NO_WORDS)}
    assert sum(seen[name] for name in WORDS) >= 8
    assert not any(seen[name] for name in NO_WORDS)


@pytest.mark.real_data
def test_thyroid_pictures_with_and_without_their_settings_beside(medal_data: Path) -> None:
    folder = medal_data / "thyroid_ddti"
    cut = {"120_1", "124_1", "138_1", "139_1", "145_1", "146_1", "163_1", "230_1", "230_2"}
    for path in sorted(folder.glob("1[0-4]*.jpg")):
        assert has_words(path) is (path.stem not in cut), path.stem

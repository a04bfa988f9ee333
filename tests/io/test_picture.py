from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_medal.errors import FormatError
from napari_medal.io.picture import READER

GREY = np.random.default_rng(0).integers(0, 255, (5, 7), dtype=np.uint8)
COLOURS = np.random.default_rng(1).integers(0, 255, (5, 7, 3), dtype=np.uint8)


def save(path: Path, array: Any, mode: str | None = None) -> Path:
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(path)
    return path


@pytest.mark.parametrize("name", ["grey.png", "grey.bmp", "grey.tif", "GREY.TIFF"])
def test_grey_is_one_slice(tmp_path: Path, name: str) -> None:
    (volume,) = READER.read(save(tmp_path / name, GREY))
    np.testing.assert_array_equal(volume.array, GREY[None])
    assert volume.grid.spacing_mm == (1, 1, 1)
    assert volume.grid.orientation == "SPL"
    np.testing.assert_array_equal(volume.grid.to_world(np.array((0.0, 3, 5))), (5, 3, 0))


@pytest.mark.parametrize("name", ["colour.png", "colour.bmp", "colour.tif"])
def test_colours_are_three_channels(tmp_path: Path, name: str) -> None:
    channels = READER.read(save(tmp_path / name, COLOURS))
    np.testing.assert_array_equal(np.stack([channel.array[0] for channel in channels], axis=-1), COLOURS)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P"])
def test_grey_saved_as_colours_is_one_channel(tmp_path: Path, mode: str) -> None:
    (volume,) = READER.read(save(tmp_path / "grey.png", GREY, mode))
    np.testing.assert_array_equal(volume.array[0], GREY)


def test_jpeg(tmp_path: Path) -> None:
    (volume,) = READER.read(save(tmp_path / "us.jpg", np.full((16, 16), 90, np.uint8)))
    assert volume.array.shape == (1, 16, 16)
    assert abs(int(volume.array[0, 8, 8]) - 90) < 3


def test_sixteen_bits_stay(tmp_path: Path) -> None:
    array = GREY.astype(np.uint16) * 200
    for name in ("deep.png", "deep.tif"):
        (volume,) = READER.read(save(tmp_path / name, array))
        np.testing.assert_array_equal(volume.array[0], array)
        assert volume.array.dtype == np.uint16


def test_one_bit_becomes_a_mask(tmp_path: Path) -> None:
    (volume,) = READER.read(save(tmp_path / "bits.png", GREY > 100))
    np.testing.assert_array_equal(volume.array[0], GREY > 100)
    assert volume.array.dtype == np.uint8


def test_planar_tiff(tmp_path: Path) -> None:
    path = tmp_path / "planar.tif"
    tifffile.imwrite(path, np.moveaxis(COLOURS, -1, 0), photometric="rgb", planarconfig="separate")
    channels = READER.read(path)
    np.testing.assert_array_equal(np.stack([channel.array[0] for channel in channels], axis=-1), COLOURS)


def complain_about(path: Path) -> str:
    with pytest.raises(FormatError) as caught:
        READER.read(path)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_pages_are_slices(tmp_path: Path) -> None:
    stack = np.random.default_rng(0).integers(0, 255, (4, 5, 7), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "stack.tif", stack, photometric="minisblack")
    (volume,) = READER.read(tmp_path / "stack.tif")
    np.testing.assert_array_equal(volume.array, stack)
    assert volume.grid.spacing_mm == (1, 1, 1)


def test_pages_of_several_sizes(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "pyramid.tif") as tiff:
        tiff.write(GREY)
        tiff.write(GREY[::2, ::2])
    assert "pages of the shapes" in complain_about(tmp_path / "pyramid.tif")


@pytest.mark.parametrize("name", ["fake.png", "fake.jpg", "fake.tif", "fake.bmp"])
@pytest.mark.parametrize(
    ("content", "found"), [(b"", "0 bytes"), (b"<html>", "an HTML page"), (b"\1\2", "data of some other kind")]
)
def test_something_else(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert found in complain_about(tmp_path / name)


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg", "cut.tif", "cut.bmp"])
def test_cut_off_files(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
    content = save(tmp_path / name, noise).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    complain_about(tmp_path / name)


def test_values_that_are_not_finite(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "nan.tif", np.full((3, 4), np.nan, np.float32))
    assert "found 12 values that are not finite" in complain_about(tmp_path / "nan.tif")


@pytest.mark.parametrize(
    ("content", "words"), [(b"II*\0" + bytes(4), "without a page"), (b"II*\0", "damaged"), (b"II", "damaged")]
)
def test_a_tiff_of_next_to_nothing_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(FormatError, match=words):
        READER.read(tmp_path / "a.tif")


@pytest.mark.parametrize("packing", ["tiff_lzw", "jpeg", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("pages", [1, 3])
def test_packed_tiffs_are_read(tmp_path: Path, packing: str, pages: int) -> None:
    pixels = np.add.outer(np.arange(24), np.arange(32)).astype(np.uint8) * 2
    pictures = [Image.fromarray(pixels + page) for page in range(pages)]
    path = tmp_path / "packed.tif"
    pictures[0].save(path, compression=packing, save_all=True, append_images=pictures[1:])
    (volume,) = READER.read(path)
    assert volume.array.shape == (pages, 24, 32)
    for page in range(pages):
        np.testing.assert_allclose(volume.array[page], pixels + page, atol=6 if packing == "jpeg" else 0)

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from napari_medal.core.file_note import NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.io.letters_in_picture import letters_in_picture
from napari_medal.io.read import VolumeFiles
from tests.small import write_image


def picture(path: Path, words: str = "", mode: str = "L") -> Path:
    image = Image.new(mode, (200, 80))
    if words:
        ImageDraw.Draw(image).text(
            (20, 30), words, fill="yellow" if mode == "RGB" else 235, font=ImageFont.load_default(16)
        )
    image.save(path)
    return path


def noted(files: VolumeFiles, *paths: Path) -> list[str]:
    image = FoundImage(paths, reader="picture" if len(paths) > 1 else "")
    notes = letters_in_picture(files, image, files.look(image))
    assert all((note.kind, note.verdict) == (NoteKind.BURNT_IN_TEXT, Verdict.NOTED) for note in notes)
    return [note.words for note in notes]


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "bmp"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_letters_are_noted_and_none_where_there_are_none(
    files: VolumeFiles, tmp_path: Path, ending: str, mode: str
) -> None:
    words = noted(files, picture(tmp_path / f"a.{ending}", "DOE JANE", mode))
    assert words == [f"a.{ending}: something in it looks like letters; look whether it names anybody."]
    assert noted(files, picture(tmp_path / f"b.{ending}", mode=mode)) == []


def test_stacks_and_volumes_are_not_looked_at(files: VolumeFiles, tmp_path: Path) -> None:
    slices = [picture(tmp_path / f"{number}.png", "DOE JANE") for number in range(3)]
    assert noted(files, *slices) == []
    pixels = np.asarray(Image.open(slices[0])).T[..., None]
    assert noted(files, write_image(tmp_path / "a.nii.gz", pixels)) == []


@pytest.mark.real_data
def test_real_pictures(files: VolumeFiles, medal_data: Path) -> None:
    assert noted(files, medal_data / "breast_us" / "benign_237.png")
    assert noted(files, medal_data / "thyroid_ddti" / "101_1.jpg")
    assert not noted(files, medal_data / "breast_us" / "benign_314.png")
    assert not noted(files, medal_data / "thyroid_ddti" / "120_1.jpg")

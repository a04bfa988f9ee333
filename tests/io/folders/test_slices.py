from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_medal.core.file_note import NoteKind
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.folders.slices import FOLDER
from napari_medal.io.picture import READER
from tests.io.folders.examples import write_slices


def find(folder: Path) -> list[FoundCase]:
    return list(FOLDER.find(folder, Pseudonyms(b"0" * 16), Silent()))


def test_slices_are_joined_as_people_count(tmp_path: Path) -> None:
    first, second = find(write_slices(tmp_path))
    (image,) = first.images
    assert [int(path.stem.rsplit("_", 1)[1]) for path in image.files] == list(range(1, 13))
    look = READER.look(image, repair=False)
    assert [volume.array.shape for volume in look.volumes] == [(12, 9, 8)] * 3
    for place, path in enumerate(image.files):
        pixels = np.asarray(Image.open(path))
        for channel, volume in enumerate(look.volumes):
            np.testing.assert_array_equal(volume.array[place], pixels[..., channel])
    assert [note.kind for note in look.notes] == [NoteKind.NO_GEOMETRY]
    assert first.mask is not None
    (mask,) = READER.look(first.mask, repair=False).volumes
    np.testing.assert_array_equal(mask.array, look.volumes[0].array > 128)
    assert second.mask is None


def test_missing_slices_are_named(tmp_path: Path) -> None:
    _, second = find(write_slices(tmp_path))
    notes = {note.kind: note.words for note in READER.look(second.images[0], repair=False).notes}
    assert "no slice 5;" in notes[NoteKind.MISSING_SLICES]


def test_slices_of_two_sizes_are_refused(tmp_path: Path) -> None:
    first, _ = find(write_slices(tmp_path))
    odd = first.images[0].files[7]
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(odd)
    with pytest.raises(FormatError, match=odd.name):
        READER.look(first.images[0], repair=False)


def test_a_loose_folder_and_slice_words_when_the_form_is_named(tmp_path: Path) -> None:
    for name in ("slice_1", "slice_2", "p7_1", "p7_2"):
        Image.fromarray(np.zeros((4, 5), np.uint8)).save(tmp_path / f"{name}.png")
    assert not FOLDER.recognises(tmp_path)
    assert {case.name: len(case.images[0].files) for case in find(tmp_path)} == {"p7": 2, tmp_path.name: 2}


@pytest.mark.real_data
def test_a_real_patient_of_slices(medal_data: Path) -> None:
    (case,) = find(medal_data / "lgg_tif")
    look = READER.look(case.images[0], repair=False)
    assert [volume.array.shape for volume in look.volumes] == [(20, 256, 256)] * 3
    assert [note.kind for note in look.notes] == [NoteKind.NO_GEOMETRY]
    assert case.mask is not None
    (mask,) = READER.look(case.mask, repair=False).volumes
    assert sorted(np.unique(mask.array)) == [0, 255]
    flair = look.volumes[1].array
    assert flair[mask.array > 0].mean() > 1.5 * flair[(mask.array == 0) & (flair > 20)].mean()

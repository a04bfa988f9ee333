"""Whether a picture that is no DICOM may show a patient's name."""

from collections.abc import Sequence

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.io.burnt_in import has_burnt_in_text
from napari_medal.io.picture import READER
from napari_medal.io.read import VolumeFiles


def letters_in_picture(files: VolumeFiles, image: FoundImage, look: CloseLook) -> Sequence[FileNote]:
    """Note what looks like letters in a single picture; slices of a stack are not looked at, and DICOM says it itself.

    Args:
        files: Tells which reader read it.
        image: The picture.
        look: What was read.
    """
    is_picture = files.reader_of(image).name == READER.name
    if not is_picture or not any(volume.grid.is_planar and has_burnt_in_text(volume) for volume in look.volumes):
        return ()
    words = f"{image.files[0].name}: something in it looks like letters; look whether it names anybody."
    return (FileNote(NoteKind.BURNT_IN_TEXT, Verdict.NOTED, words),)

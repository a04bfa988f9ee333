"""What a DICOM file may be called before people and in the catalogue."""

from pathlib import Path

from napari_medal.io.dicom.person import Person


def file_words(path: Path, person: Person | None = None) -> str:
    """Return the name of a file without its folders, which hospitals like to name after patients.

    A name that holds a word of the patient's name, or the identifier or birth date, is not said either.
    """
    name = path.name.casefold()
    if person is not None and any(word in name for word in person.words):
        return "a file named after the patient"
    return path.name

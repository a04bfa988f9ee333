"""A name that nobody has parted into family and given name."""

from napari_medal.export.dicom.plain_text import LONG_STRING, plain_text


def person_name(text: str) -> str:
    """Return a text as the family name of a DICOM person name; "" for an empty text."""
    plain = plain_text(text.replace("^", " ").replace("=", " "), LONG_STRING - 1)
    return f"{plain}^" if plain else ""

"""Words of people as DICOM can hold them."""

LONG_STRING = 64
"""Letters of a value of the kinds LO and PN."""


def plain_text(text: str, longest: int = LONG_STRING) -> str:
    """Return a text on one line, of at most `longest` letters, without the backslash, which would part two values."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text.replace("\\", "/"))
    return " ".join(printable.split())[:longest].strip()

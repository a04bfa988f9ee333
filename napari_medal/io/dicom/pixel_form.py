"""How the pixels of a DICOM object are stored."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PixelForm:
    """How pixels are stored.

    Args:
        transfer_syntax: UID of the encoding.
        offset: Where the element with the pixels begins in the file.
        rows: Pixels along a column.
        columns: Pixels along a row.
        samples: Numbers in a pixel.
        frames: Pictures in the object.
        allocated: Bits that a number takes up.
        stored: Bits of it that are used.
        signed: Whether numbers may be negative.
        photometric: Photometric Interpretation, such as "MONOCHROME2".
    """

    transfer_syntax: str
    offset: int
    rows: int
    columns: int
    samples: int
    frames: int
    allocated: int
    stored: int
    signed: bool
    photometric: str

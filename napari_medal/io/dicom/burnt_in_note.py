"""Whether a DICOM picture may show a patient's name."""

from collections.abc import Sequence

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.volume import Volume
from napari_medal.io.burnt_in import has_burnt_in_text
from napari_medal.io.dicom.collected import CollectedSeries

_OFTEN = frozenset({"US", "IVUS", "OT", "XC", "SC", "ES", "GM"})
"""Modalities of screen shots and photographs."""
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def burnt_in_notes(series: CollectedSeries, pictures: Sequence[Volume]) -> list[FileNote]:
    """Say why text may be burnt into a series: its header says so, or does not say no, or letters are seen.

    Args:
        series: The series.
        pictures: Those to look at; slices of a scan are not looked at.
    """
    header = series.frames[0].header
    is_capture = header.modality in _OFTEN or header.sop_class.startswith(_SECONDARY_CAPTURE)
    reasons = []
    if header.burnt_in == "YES":
        reasons.append("the header says so")
    elif header.burnt_in != "NO" and is_capture:
        reasons.append(f"the header does not say that there is none, and it is a picture of the kind {header.modality}")
    if any(has_burnt_in_text(picture) for picture in pictures):
        reasons.append("something in it looks like letters")
    if not reasons:
        return []
    words = f"{series.name}: found signs of text in the picture ({'; '.join(reasons)}); look whether it names anybody."
    return [FileNote(NoteKind.BURNT_IN_TEXT, Verdict.NOTED, words)]

"""Where a dataset looks as if it told who a person is."""

import csv
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_medal.core.dataset import Dataset
from napari_medal.core.progress import Progress
from napari_medal.errors import FormatError
from napari_medal.export.in_parallel import in_parallel
from napari_medal.export.privacy import Place, suspicion
from napari_medal.io.content import read_content
from napari_medal.io.gzip_header import GzipHeader
from napari_medal.io.nifti_file import NiftiFile

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement

_TEXTS = (".md", ".txt", ".html", ".xml", ".toml", ".yaml", ".yml", ".mhd")
_TABLES = {".csv": ",", ".tsv": "\t"}
_NIFTI = (".nii", ".nii.gz", ".hdr")
_DICOM_TEXT = ("LO", "SH", "ST", "LT", "UT", "PN", "AE")
_PERSONAL_TAGS = """
PatientName PatientID OtherPatientIDs OtherPatientNames PatientBirthName PatientMotherBirthName PatientBirthDate
PatientBirthTime PatientAddress PatientTelephoneNumbers PatientInsurancePlanCodeSequence MilitaryRank
MedicalRecordLocator ResponsiblePerson AccessionNumber ReferringPhysicianName PerformingPhysicianName OperatorsName
InstitutionAddress RequestingPhysician PhysiciansOfRecord NameOfPhysiciansReadingStudy
"""
_DICOM_PERSONAL = frozenset(_PERSONAL_TAGS.split())
_HARMLESS_IN_DICOM = ("", "anonymous", "anonymized", "anonymised", "unknown", "none")


def suspicious_names(dataset: Dataset) -> list[str]:
    """Say which names of the project look like a person's data; none of them is quoted beyond its first letters."""
    cases = [case.case for case in dataset.cases]
    labels = [
        label for case in dataset.cases for found in (case.annotations, case.verified) for label in found.values()
    ]
    readers = {label.reader for label in labels}
    said = [
        ("the name of the case", Place.NAME, (case.name for case in cases)),
        ("the subject", Place.NAME, (case.subject for case in cases if case.subject != case.name)),
        ("the tag", Place.NAME, (tag for case in cases for tag in case.tags)),
        ("the channel", Place.TEXT, (channel for case in cases for channel in case.channels)),
        ("the reader", Place.READER, readers),
        ("the dataset's name", Place.TEXT, (dataset.name,)),
    ]
    return [
        f"{what} '{_masked(text)}' looks like {found}"
        for what, place, texts in said
        for text in sorted(set(texts))
        if (found := suspicion(text, place)) is not None
    ]


def suspicious_files(folder: Path, dataset: Dataset, progress: Progress) -> list[str]:
    """Say which written files hold text that looks like a person's data: headers, tables, descriptions, DICOM tags."""
    known = _names_in(dataset)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found = in_parallel(paths, lambda path, _: list(_in_file(path, known)), progress, "Looking for names")
    return [
        f"{path.relative_to(folder).as_posix()}, {where}, looks like {what}"
        for path, places in zip(paths, found, strict=True)
        for where, what in places
    ]


def _in_file(path: Path, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what is suspicious in a file: where, and what it looks like."""
    name = path.name.lower()
    if name.endswith(_NIFTI):
        yield from _suspicious(_nifti_texts(path), known)
    elif name.endswith(".json"):
        yield from _suspicious(_json_texts(json.loads(_text(path)), ""), known)
    elif path.suffix.lower() in _TABLES:
        rows = csv.reader(_text(path).splitlines(), delimiter=_TABLES[path.suffix.lower()])
        cells = ((f"line {line}", cell) for line, row in enumerate(rows, start=1) for cell in row)
        yield from _suspicious(cells, known)
    elif path.suffix.lower() in _TEXTS:
        yield from _suspicious(((f"line {n}", line) for n, line in enumerate(_text(path).splitlines(), 1)), known)
    elif _is_dicom(path):
        yield from _in_dicom(path, known)


def _suspicious(texts: Iterable[tuple[str, str]], known: Collection[str]) -> Iterator[tuple[str, str]]:
    for where, text in texts:
        if text not in known and (what := suspicion(text)) is not None:
            yield where, what


def _nifti_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the free text of a NIfTI file: that of its header, of its extensions, and of its packing."""
    try:
        nifti = NiftiFile.read_header(path)
    except FormatError:
        return
    for field in nifti.fields.dtype.names or ():
        if nifti.fields.dtype[field].kind == "S" and field != "magic":
            yield f"header field {field}", bytes(nifti.fields[field]).strip(b"\0 ").decode("latin-1")
    size = int(nifti.fields["sizeof_hdr"])
    if path.suffix.lower() != ".hdr" and int(nifti.fields["vox_offset"]) > size + 4:
        extension = read_content(path, int(nifti.fields["vox_offset"]))[size + 4 :]
        yield "header extension", extension.decode("latin-1")
    packing = GzipHeader.read(path)
    if packing is not None:
        yield "the name in its packing", packing.name
        yield "the comment in its packing", packing.comment
        yield "the extra fields of its packing", packing.extra.decode("latin-1")


def _json_texts(content: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(content, str):
        yield where or "its text", content
    elif isinstance(content, dict):
        for name, value in content.items():
            yield "the name of an entry", name
            yield from _json_texts(value, f"entry '{name}'" if len(name) < 32 else where)
    elif isinstance(content, list):
        for value in content:
            yield from _json_texts(value, where)


def _in_dicom(path: Path, known: Collection[str]) -> Iterator[tuple[str, str]]:
    from pydicom import dcmread

    for element in dcmread(path, stop_before_pixels=True).iterall():
        text = _dicom_text(element)
        if text in known or text.lower() in _HARMLESS_IN_DICOM:
            continue
        if element.keyword in _DICOM_PERSONAL:
            yield f"tag {element.keyword}", "what only the hospital should know"
        elif element.VR in _DICOM_TEXT and (what := suspicion(text)) is not None:
            yield f"tag {element.keyword or element.tag}", what


def _dicom_text(element: "DataElement") -> str:
    value: Any = element.value
    return "" if value is None or element.VR == "SQ" else str(value).strip("^ ")  # name^ has no given name


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(132)[128:] == b"DICM"


def _text(path: Path) -> str:
    content = path.read_bytes()
    decode: Callable[[str], str] = content.decode
    try:
        return decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode("latin-1")


def _names_in(dataset: Dataset) -> frozenset[str]:
    """Return the names that were looked at already, and labels, which everybody may read."""
    names = {dataset.name, *dataset.tasks}
    for case in dataset.cases:
        names |= {case.case.name, case.case.subject, *case.case.tags, *case.case.channels, "; ".join(case.case.tags)}
        names |= {annotation.reader for annotation in (*case.answers.values(), *case.verified.values())}
    for task in dataset.tasks.values():
        names |= {*task.labels.names, *task.labels.titles}
    return frozenset(names)


def _masked(text: str) -> str:
    return f"{text[:2]}\N{HORIZONTAL ELLIPSIS}" if len(text) > 2 else text

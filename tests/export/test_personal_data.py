import gzip
import json
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from napari_medal.core.dataset import Dataset
from napari_medal.core.progress import Silent
from napari_medal.export.personal_data import suspicious_files, suspicious_names
from napari_medal.loop.curating import curated_dataset
from napari_medal.loop.session import Session


@pytest.fixture
def dataset(curated: Session) -> Dataset:
    return curated_dataset(curated)


def found(folder: Path, dataset: Dataset) -> list[str]:
    return suspicious_files(folder, dataset, Silent())


def test_our_own_names_are_harmless(dataset: Dataset) -> None:
    assert suspicious_names(dataset) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "DOE_JANE"}, "the name of the case 'DO…' looks like a person's name"),
        ({"subject": "doe^jane"}, "the subject 'do…' looks like a person's name as DICOM writes it"),
        ({"tags": ("19610413",)}, "the tag '19…' looks like a date"),
        ({"channels": ("Jane Doe T1",)}, "the channel 'Ja…' looks like a person's name"),
    ],
)
def test_names_of_the_project_are_looked_at_and_not_told(
    dataset: Dataset, changes: dict[str, object], told: str
) -> None:
    first = dataset.cases[0]
    changed = replace(dataset, cases=(replace(first, case=replace(first.case, **changes)), *dataset.cases[1:]))
    assert suspicious_names(changed) == [told]


def test_readers_are_looked_at(dataset: Dataset) -> None:
    first = dataset.cases[0]
    named = {task: replace(answer, reader="Jane Doe") for task, answer in first.annotations.items()}
    changed = replace(dataset, cases=(replace(first, annotations=named),))
    assert suspicious_names(changed) == ["the reader 'Ja…' looks like a person's name"]


def test_the_text_of_nifti_files_is_read(dataset: Dataset, tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(np.zeros((2, 3, 4), np.uint8), np.eye(4))
    image.to_filename(tmp_path / "plain.nii.gz")
    image.header["descrip"] = b"Doe^Jane"
    image.to_filename(tmp_path / "header.nii")
    image.header["descrip"] = b"FSL5.0"
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"jane.doe@clinic.example"))
    image.to_filename(tmp_path / "extension.nii.gz")
    with (
        (tmp_path / "packing.nii.gz").open("wb") as stream,
        gzip.GzipFile("Doe^Jane.nii", "wb", fileobj=stream) as packed,
    ):
        packed.write(gzip.decompress((tmp_path / "plain.nii.gz").read_bytes()))
    silent = bytearray((tmp_path / "plain.nii.gz").read_bytes())
    silent[3:10] = bytes([16]) + silent[4:10]  # a comment follows, and no name
    with_comment = bytes(silent[:10]) + b"Doe^Jane\0" + bytes(silent[10:])
    (tmp_path / "comment.nii.gz").write_bytes(with_comment)
    assert found(tmp_path, dataset) == [
        "comment.nii.gz, the comment in its packing, looks like a person's name as DICOM writes it",
        "extension.nii.gz, header extension, looks like an e-mail address",
        "header.nii, header field descrip, looks like a person's name as DICOM writes it",
        "packing.nii.gz, the name in its packing, looks like a person's name as DICOM writes it",
    ]


def test_tables_and_descriptions_are_read(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    sidecar = {
        "Meta": [{"PatientBirthDate": "1961-04-13"}],
        "case": "case_000",
        "at": "2026-01-02T03:04:05+00:00",
        "n": 19610413,
    }
    (tmp_path / "deep" / "side.json").write_text(json.dumps(sidecar))
    (tmp_path / "table.tsv").write_text("case\tnote\ncase_000\tsee Jane Doe\n")
    (tmp_path / "notes.md").write_bytes("fine\n\ntel. 030 123 4567 fär Ä\n".encode("latin-1"))
    (tmp_path / "voxels.raw").write_bytes(b"Doe^Jane")
    assert found(tmp_path, dataset) == [
        "deep/side.json, entry 'PatientBirthDate', looks like a date",
        "notes.md, line 3, looks like a phone number",
        "table.tsv, line 2, looks like a person's name",
    ]


def _write_dicom(path: Path, **tags: str) -> None:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["x"])
    content = FileDataset(str(path), {}, file_meta=meta, preamble=bytes(128))
    for name, value in tags.items():
        setattr(content, name, value)
    content.save_as(path, enforce_file_format=True)


def test_dicom_tags_are_read_whatever_the_ending(dataset: Dataset, tmp_path: Path) -> None:
    subject = dataset.cases[0].case.subject
    _write_dicom(
        tmp_path / "fine.dcm", PatientName=f"{subject}^", PatientID=subject, PatientBirthDate="", StudyDate="20010203"
    )
    _write_dicom(tmp_path / "told", PatientName="Doe^Jane", PatientID="471", SeriesDescription="T1 for Jane Doe")
    assert found(tmp_path, dataset) == [
        "told, tag SeriesDescription, looks like a person's name",
        "told, tag PatientName, looks like what only the hospital should know",
        "told, tag PatientID, looks like what only the hospital should know",
    ]

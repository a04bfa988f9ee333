"""Small folders of each form, with true images."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.small import write_image

SHAPE = (6, 7, 8)
MASK = (np.arange(6 * 7 * 8).reshape(SHAPE) % 3).astype(np.uint8)


def image(seed: int, shape: tuple[int, ...] = SHAPE) -> Any:
    return np.random.default_rng(seed).integers(0, 500, shape).astype(np.int16)


def write_json(path: Path, table: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(table))


def write_bids(folder: Path) -> Path:
    """Three subjects with T1w and FLAIR, one of them twice; one PD too many, a run of 4D, masks, splits and names."""
    write_json(folder / "dataset_description.json", {"Name": "small", "BIDSVersion": "1.10.0"})
    table = "participant_id\tage\tsplit\nsub-01\t50\ttrain\nsub-02\t60\ttest\nsub-03\tn/a\tn/a\n"
    (folder / "participants.tsv").write_text(table)
    exams = ("sub-01", "sub-02_ses-a", "sub-02_ses-b", "sub-03")
    for seed, exam in enumerate(exams):
        anat = folder / exam.replace("_", "/") / "anat"
        for place, suffix in enumerate(("FLAIR", "T1w")):
            write_image(anat / f"{exam}_{suffix}.nii.gz", image(10 * seed + place))
    write_image(folder / "sub-03/anat/sub-03_PDw.nii.gz", image(99))
    write_image(folder / "sub-03/perf/sub-03_asl.nii.gz", image(98, (*SHAPE, 2)))
    (folder / "sub-03/anat/sub-03_T1w.json").write_text("{}")
    derivatives = folder / "derivatives" / "manual"
    write_image(derivatives / "sub-01/anat/sub-01_desc-lesions_dseg.nii.gz", MASK)
    write_image(derivatives / "sub-01/anat/sub-01_label-edema_mask.nii.gz", MASK)
    write_image(derivatives / "sub-01/anat/sub-01_desc-brain_mask.nii.gz", MASK)
    write_image(derivatives / "sub-03/anat/sub-03_desc-brain_mask.nii.gz", MASK)
    write_image(derivatives / "sub-02/ses-a/anat/sub-02_ses-a_space-MNI152_dseg.nii.gz", MASK)
    write_image(derivatives / "sub-02/ses-b/anat/sub-02_ses-b_label-lesion_mask.nii.gz", MASK)
    (derivatives / "desc-lesions_dseg.tsv").write_text("index\tname\n0\tbackground\n1\tanterior\n2\tedema\n")
    return folder


def write_nnunet(folder: Path) -> Path:
    """Three cases of two channels to train on and one to test with, and the folds of a cross-validation."""
    labels = {"background": 0, "whole": [1, 2], "anterior": 1, "posterior": 2}
    table = {"channel_names": {"0": "T1", "1": "FLAIR"}, "labels": labels, "file_ending": ".nii.gz", "numTraining": 3}
    write_json(folder / "dataset.json", table)
    for seed, name in enumerate(("case_1", "case_2", "case_3", "test_1")):
        which = "Ts" if name.startswith("test") else "Tr"
        for channel in range(2):
            write_image(folder / f"images{which}" / f"{name}_{channel:04d}.nii.gz", image(10 * seed + channel))
        if which == "Tr":
            write_image(folder / "labelsTr" / f"{name}.nii.gz", MASK)
    folds = [{"train": ["case_1", "case_3"], "val": ["case_2"]}, {"train": ["case_2"], "val": ["case_1", "case_3"]}]
    write_json(folder / "splits_final.json", folds)
    return folder


def write_decathlon(folder: Path, modalities: int = 2) -> Path:
    """Two cases to train on and one to test with, of one or several modalities in files of four axes."""
    names = ("FLAIR", "T1w", "t1gd")[:modalities]
    cases = ("brain_001", "brain_002")
    listed = [{"image": f"./imagesTr/{name}.nii.gz", "label": f"./labelsTr/{name}.nii.gz"} for name in cases]
    listed.append({"image": "./imagesTr/._brain_001.nii.gz", "label": "./labelsTr/._brain_001.nii.gz"})
    table = {
        "modality": {str(number): name for number, name in enumerate(names)},
        "labels": {"0": "background", "1": "anterior", "2": "posterior"},
        "training": listed,
        "test": ["./imagesTs/brain_003.nii.gz"],
    }
    write_json(folder / "dataset.json", table)
    for seed, name in enumerate((*cases, "brain_003")):
        which = "Ts" if name == "brain_003" else "Tr"
        shape = SHAPE if modalities == 1 else (*SHAPE, modalities)
        write_image(folder / f"images{which}" / f"{name}.nii.gz", image(seed, shape))
        if which == "Tr":
            write_image(folder / "labelsTr" / f"{name}.nii.gz", MASK)
    return folder


def write_slices(folder: Path) -> Path:
    """Two cases of twelve slices with three sequences in the colours; the second has lost slice 5 and has no masks."""
    for seed, name in enumerate(("TCGA_01_2001", "TCGA_02_2002")):
        (folder / name).mkdir(parents=True)
        stack = np.random.default_rng(seed).integers(0, 255, (13, 9, 8, 3), dtype=np.uint8)
        for number in range(1, 13):
            if seed == 1 and number == 5:
                continue
            Image.fromarray(stack[number]).save(folder / name / f"{name}_{number}.tif")
            if seed == 0:
                mask = (stack[number, ..., 0] > 128).astype(np.uint8)
                Image.fromarray(mask).save(folder / name / f"{name}_{number}_mask.tif")
    return folder

"""Hold exported datasets to other programs' own checks, and print what they say as a Markdown table.

nnU-Net v2 checks and preprocesses its raw dataset, both BIDS validators look at the BIDS dataset, and nibabel,
SimpleITK and MONAI say where the voxels of every exported file lie. nnU-Net and the validators come from PyPI and npm
into `--peers`; where one cannot be installed its row says so. Three datasets: phantoms with two channels, labels whose
values are not consecutive and a case that is confirmed in part; a CT of one channel; and volumes of MEDAL_DATA's
`hippocampus`, if they are there.

    make standards
"""

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import SimpleITK
import torch

from napari_medal.catalogue.cases import NewCase
from napari_medal.core.case import Split
from napari_medal.core.progress import Silent
from napari_medal.io.nifti import READER
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session, installed_extensions

_CASES = 8
_SPLITS = (Split.TRAINING,) * 4 + (Split.VALIDATION,) * 2 + (Split.TEST, Split.UNDRAWN)
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Content:
    """What a project is made of: images of each case with their channels' names, masks, and the labels' values."""

    name: str
    cases: tuple[tuple[tuple[Path, ...], Path], ...]
    channels: tuple[str, ...]
    values: tuple[int, int]
    confirmed: tuple[tuple[int, int], ...] | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=Path(".peers"), help="Where their environments are kept.")
    peers = parser.parse_args().peers.resolve()
    print("| dataset | format | checked by | outcome |\n|---|---|---|---|")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="standards-") as scratch:
        for content in contents(Path(scratch)):
            session = project(content, Path(scratch) / content.name / "project")
            for format_name, program, outcome in checks(session, Path(scratch) / content.name, peers):
                print(f"| {content.name} | {format_name} | {program} | {outcome} |", flush=True)
                failed += not outcome.startswith("passes")
            session.close()
    sys.exit(bool(failed))


def contents(scratch: Path) -> Iterator[Content]:
    first, second = (write_phantoms(scratch / f"phantoms{seed}", _CASES, seed, Silent()) for seed in (1, 1))
    names = sorted(path.name for path in first.images.iterdir())
    pairs = tuple(((first.images / name, second.images / name), first.labels / name) for name in names)
    yield Content("two-channels", pairs, ("T1", "FLAIR"), (7, 3), ((4, 12),))
    single = tuple(((first.images / name,), first.labels / name) for name in names)
    yield Content("ct", single, ("CT",), (1, 2))
    data = Path(os.environ.get("MEDAL_DATA", "../shared/data")) / "hippocampus"
    if data.is_dir():
        found = sorted(path.name for path in (data / "images").glob("*.nii.gz"))[:_CASES]
        yield Content("hippocampus", tuple(((data / "images" / n,), data / "labels" / n) for n in found), ("",), (1, 2))


def project(content: Content, folder: Path) -> Session:
    """Make a project with every case labelled, and every split drawn."""
    one, two = content.values
    wish = TaskWish("segmentation", (f"{one}=anterior", f"{two}=posterior"))
    session = new_project(folder, content.name, [wish], installed_extensions())
    for number, (images, label) in enumerate(content.cases):
        name = f"{content.name}_{number:03d}"
        place = session.project.layout.images(name)
        place.mkdir(parents=True)
        copies = tuple(Path(shutil.copy(path, place / f"{c}.nii.gz")) for c, path in enumerate(images))
        session.project.cases.add([NewCase(name, name, copies, ("0" * 64,) * len(copies), channels=content.channels)])
        session.project.cases.draw([name], _SPLITS[number])
        mask = np.array([0, one, two], dtype=np.uint8)[READER.read(label)[0].array.astype(np.uint8)]
        confirmed = content.confirmed if number == 1 else None
        accept_mask(session, "segmentation", name, mask, Reading("ann", 60.0, confirmed=confirmed))
    return session


def checks(session: Session, scratch: Path, peers: Path) -> Iterator[tuple[str, str, str]]:
    for format_name in ("nifti", "nnunet", "decathlon", "bids"):
        whole_only = format_name == "decathlon"
        folder = export(session, scratch / format_name, format_name, Silent(), whole_only=whole_only).folder
        yield format_name, "nibabel, SimpleITK, MONAI", positions(folder)
        if format_name == "nnunet":
            yield format_name, "nnUNetv2_plan_and_preprocess --verify_dataset_integrity", nnunet(folder, peers)
        if format_name == "bids":
            yield format_name, "bids-validator (npm)", bids_npm(folder, peers)
            yield format_name, "bids-validator-deno --recursive (PyPI)", bids_deno(folder, peers)


def positions(folder: Path) -> str:
    """Compare where three libraries and ourselves put the voxels of every file."""
    from monai.transforms import LoadImage

    worst, files = 0.0, sorted(folder.rglob("*.nii.gz"))
    logging.getLogger("monai").setLevel(logging.ERROR)  # about decoders of DICOM that are not asked for
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load = LoadImage(image_only=True, reader="NibabelReader")
    for path in files:
        wanted = nibabel.load(path).affine
        image = SimpleITK.ReadImage(str(path))
        found = [_itk_affine(image), np.asarray(load(path).affine)[:4, :4]]
        if len(image.GetSize()) == 3:
            found.append(_own_affine(path, wanted))
        corner = np.array([*(n - 1 for n in image.GetSize()[:3]), 1.0])
        for affine in found:
            for place in (corner, corner * (0, 1, 1, 1), corner * (1, 0, 0, 1), np.array([0, 0, 0, 1.0])):
                worst = max(worst, float(np.abs((affine - wanted) @ place).max()))
    return f"{'passes' if worst < 1e-3 else 'FAILS'}: {len(files)} files, at most {worst:.1e} mm apart"


def _itk_affine(image: SimpleITK.Image) -> np.ndarray:
    count = image.GetDimension()
    affine = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(count, count)[:3, :3]
    affine[:3, :3] = direction * np.array(image.GetSpacing()[:3])
    affine[:3, 3] = image.GetOrigin()[:3]
    return _LPS_TO_RAS @ affine


def _own_affine(path: Path, wanted: np.ndarray) -> np.ndarray:
    """Return our canonical grid in the file's own axis order, which `wanted` is in."""
    turned = nibabel.as_closest_canonical(nibabel.load(path))
    own = _LPS_TO_RAS @ READER.read(path)[0].grid.affine[:, [2, 1, 0, 3]]
    ends = np.array([*(n - 1 for n in turned.shape[:3]), 1.0])
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    flip[:2, 3] = ends[:2]
    return own @ flip @ np.linalg.inv(turned.affine) @ wanted


def nnunet(folder: Path, peers: Path) -> str:
    python = _environment(peers / "nnunet", f"torch=={torch.__version__}", "nnunetv2")
    if python is None:
        return "not installed"
    work = folder.with_name("nnunet-work")
    places = {"nnUNet_raw": folder, "nnUNet_preprocessed": work / "pre", "nnUNet_results": work / "results"}
    command = [
        python.with_name("nnUNetv2_plan_and_preprocess"), "-d", "501", "--verify_dataset_integrity", "-c", "3d_fullres",
        "-np", "1", "-npfp", "1",
    ]  # fmt: skip
    code, told = _run(command, {name: str(place) for name, place in places.items()})
    ready = len(list((work / "pre").rglob("nnUNetPlans_3d_fullres/*_seg.b2nd")))
    passes = code == 0 and "verify_dataset_integrity Done" in told and "Error" not in told and "mismatch" not in told
    return f"passes: {ready} cases preprocessed" if passes and ready else f"FAILS ({code}): {_end(told)}"


def bids_npm(folder: Path, peers: Path) -> str:
    program = peers / "bids" / "node_modules" / ".bin" / "bids-validator"
    if not program.exists():
        (peers / "bids").mkdir(parents=True, exist_ok=True)
        for step in (["npm", "init", "-y"], ["npm", "install", "--silent", "bids-validator"]):
            subprocess.run(step, cwd=peers / "bids", check=False, stdout=subprocess.DEVNULL)
    if not program.exists():
        return "not installed"
    code, told = _run([program, folder, "--json"])
    issues = json.loads(told[told.index("{") : told.rindex("}") + 1])["issues"]
    errors, notes = issues["errors"], issues["warnings"]
    return _outcome(code, [issue["key"] for issue in errors], [issue["key"] for issue in notes])


def bids_deno(folder: Path, peers: Path) -> str:
    python = _environment(peers / "bids-python", "bids-validator-deno")
    if python is None:
        return "not installed"
    code, told = _run([python.with_name("bids-validator-deno"), "--recursive", "--format", "json", folder])
    content = json.loads(told[told.index("{") : told.rindex("}") + 1])
    parts = [content["issues"]["issues"]] + [
        part["issues"]["issues"] for part in content.get("derivativesSummary", {}).values()
    ]
    found = [issue for part in parts for issue in part]
    errors = [issue["code"] for issue in found if issue["severity"] == "error"]
    return _outcome(code, errors, [issue["code"] for issue in found if issue["severity"] == "warning"])


def _outcome(code: int, errors: Sequence[str], notes: Sequence[str]) -> str:
    noted = ", ".join(sorted(set(notes))) or "none"
    return (
        f"passes; warnings: {noted}"
        if code == 0 and not errors
        else f"FAILS ({code}): {', '.join(sorted(set(errors)))}"
    )


def _environment(folder: Path, *packages: str) -> Path | None:
    """Return the interpreter of an environment with packages in it; None where they cannot be installed."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        if subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=False).returncode:
            shutil.rmtree(folder)
            return None
    return python


def _run(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        list(map(str, command)),
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    return done.returncode, done.stdout + done.stderr


def _end(told: str) -> str:
    return " ".join(told.split()[-40:]).replace("|", "/")


if __name__ == "__main__":
    main()

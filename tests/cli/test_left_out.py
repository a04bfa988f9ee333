from pathlib import Path

from napari_medal.catalogue.cases import NewCase
from napari_medal.catalogue.project import open_project
from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run
from tests.export.dicom.series import image_of, series


def test_cases_that_a_format_cannot_hold_are_named(
    run: Run, project: Path, cohort: PhantomCohort, tmp_path: Path
) -> None:
    source = series((5, 16, 16))
    image = image_of(source, project / "images" / "scan.nii.gz")
    opened = open_project(project)
    opened.cases.add([NewCase("scan", "s-scan", (image,), ("",), sources=(source,))])
    opened.close()
    for name, mask in (("scan", image), ("case_000", cohort.labels / "case_000.nii.gz")):
        assert run("accept", project, name, mask, "--reader", "ann").code == 0
    said = run("export", project, tmp_path / "out", "--format", "rtstruct").out.splitlines()
    assert said == [
        f"1 cases, 4 files: {tmp_path / 'out'}",
        "left out: case_000: it was not made from a DICOM series",
    ]

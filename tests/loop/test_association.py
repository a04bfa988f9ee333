"""Figures of masks joined with a table, tested, and written."""

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.stats import mannwhitneyu

from napari_medal.catalogue.project import create_project
from napari_medal.catalogue.settings import ProjectSettings, SplitSettings
from napari_medal.core.feature import Feature
from napari_medal.core.progress import Silent
from napari_medal.errors import ExportError, FormatError, SettingsError
from napari_medal.io.subject_table import read_subject_table
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import accept_mask
from napari_medal.loop.association import Association, Pair, Question, associate
from napari_medal.loop.association_files import write_association
from napari_medal.loop.association_words import association_words
from napari_medal.loop.cohort_features import CaseFeatures, CohortFeatures, MaskSource, cohort_features
from napari_medal.loop.features_table import features_table
from napari_medal.loop.measuring_unseen import measure_unseen
from napari_medal.loop.prediction import predict
from napari_medal.loop.session import Session, session_on
from napari_medal.loop.subject_figures import joined
from napari_medal.loop.training import train_model
from napari_medal.loop.unseen_figures import known_unseen_figures
from napari_medal.metrics.bonferroni import bonferroni
from napari_medal.metrics.fisher_exact import fisher_exact
from napari_medal.metrics.holm import holm
from napari_medal.metrics.quartiles import quartiles
from tests.loop.bars import bar_of, write_bars
from tests.loop.conftest import READING
from tests.small import SEGMENTATION, small_extensions, write_image

TASK = "lower-grade-glioma"
LABEL, PREDICTION = MaskSource.LABEL, MaskSource.PREDICTION
SIZE = Feature("size", "Size", "How large", "mL")


def make(folder: Path, images: Path) -> Session:
    settings = ProjectSettings(name="small", tasks={TASK: SEGMENTATION}, splits=SplitSettings(validation=0.0))
    session = session_on(create_project(folder, settings), small_extensions(), 1)
    add_cases(session, Source(images), Silent())
    return session


def tumour(seed: int) -> np.ndarray:
    """A box in group a (even seeds), scattered voxels in group b."""
    mask = np.zeros((9, 9, 9), dtype=np.uint8)
    rng = np.random.default_rng(seed)
    if seed % 2:
        mask[2:7, 2:7, 2:7] = rng.random((5, 5, 5)) < 0.6
        mask[2:7, 4, 4] = mask[4, 2:7, 4] = 1
    else:
        mask[1 : 3 + seed % 5, 2:7, 1 : 4 + seed % 3] = 1
    return mask


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Sixteen labelled subjects, one of them with two exams, and one that is not in the table."""
    folder = tmp_path_factory.mktemp("association")
    for seed in range(16):
        write_image(folder / "images" / f"P{seed:02d}_exam.nii.gz", np.random.default_rng(seed).random((9, 9, 9)))
        write_image(folder / "images" / f"P{seed:02d}_exam_mask.nii.gz", tumour(seed))
    for name, seed in (("P03_later", 3), ("X99", 4)):
        write_image(folder / "images" / f"{name}.nii.gz", np.random.default_rng(50 + seed).random((9, 9, 9)))
        write_image(folder / "images" / f"{name}_mask.nii.gz", tumour(seed + 2))
    session = make(folder / "project", folder / "images")
    yield session
    session.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"P{seed:02d},{'ab'[seed % 2]},{seed % 3 + 8},{seed}," for seed in range(16)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["patient,kind,third,own,empty", *rows, "P77,a,8,77,"]) + "\n")
    return path


def pair(found: Association, feature: str, column: str) -> Pair:
    return next(each for each in found.sides[0].pairs if (each.feature.name, each.column) == (feature, column))


def test_rows_are_joined_by_subject_or_by_the_beginning_of_a_case(tmp_path: Path):
    (tmp_path / "t.csv").write_text("patient,kind\nP1,a\nP11,b\nQ,c\n")
    table = read_subject_table(tmp_path / "t.csv")
    cases = (
        CaseFeatures("P1_a", "P1", LABEL, (1.0,)),
        CaseFeatures("P1_b", "P1", LABEL, (3.0,)),
        CaseFeatures("P11_exam", "other", LABEL, (5.0,)),
        CaseFeatures("P11_exam", "other", PREDICTION, (6.0,)),
        CaseFeatures("P1_a", "P1", PREDICTION, (9.0,), has_learned=True),
        CaseFeatures("R1", "R1", LABEL, (7.0,)),
    )
    found = joined(CohortFeatures((SIZE,), cases), table)
    assert [(side.source, side.keys, side.values.ravel().tolist()) for side in found.figures] == [
        (LABEL, ("P1", "P11"), [2.0, 5.0]),
        (PREDICTION, ("P11",), [6.0]),
    ]
    assert (found.unmatched_rows, found.unmatched_cases, found.learned) == (("Q",), ("R1",), ("P1_a",))


def test_an_exam_without_a_figure_does_not_count_for_its_subject(tmp_path: Path):
    (tmp_path / "t.csv").write_text("patient,kind\nP1,a\nP2,b\n")
    cases = [
        CaseFeatures(f"{subject}_{exam}", subject, LABEL, (value, math.nan))
        for subject, exam, value in (("P1", 1, math.nan), ("P1", 2, 4.0), ("P2", 1, math.nan))
    ]
    (found,) = joined(CohortFeatures((SIZE, SIZE), tuple(cases)), read_subject_table(tmp_path / "t.csv")).figures
    np.testing.assert_array_equal(found.values, [[4.0, math.nan], [math.nan, math.nan]])


def test_each_pair_is_what_its_parts_say(session: Session, table: Path):
    found = associate(session, TASK, Question(table), Silent())
    cohort = cohort_features(session, TASK, Silent())
    figures = joined(cohort, read_subject_table(table)).figures[0]
    tested = pair(found, "ellipsoid_volume_ratio", "kind")
    values = figures.values[:, 1]
    kinds = np.array([int(key[1:]) % 2 for key in figures.keys])
    counts = np.zeros((2, 4), dtype=int)
    np.add.at(counts, (kinds, quartiles(values)), 1)
    assert tested.groups == ("a", "b")
    np.testing.assert_array_equal(tested.counts, counts)
    assert tested.test == fisher_exact(counts)
    u = mannwhitneyu(values[kinds == 0], values[kinds == 1]).statistic
    assert tested.areas[0].value == pytest.approx(u / 64)
    assert tested.areas[1].value == pytest.approx(1 - u / 64)
    assert (tested.subjects, found.sides[0].subjects) == (16, 16)
    p_values = [each.test.p for each in found.sides[0].pairs]
    assert [each.holm for each in found.sides[0].pairs] == list(holm(p_values))
    assert [each.bonferroni for each in found.sides[0].pairs] == list(bonferroni(p_values))
    assert tested.holm < 0.05 < tested.areas[0].low


def test_columns_of_two_to_six_values_are_tested_unless_some_are_named(session: Session, table: Path):
    found = associate(session, TASK, Question(table), Silent())
    assert {each.column for each in found.sides[0].pairs} == {"kind", "third"}
    assert len(found.sides[0].pairs) == 8
    assert pair(found, "volume", "third").groups == ("8", "9", "10")
    named = associate(session, TASK, Question(table, columns=("own",)), Silent())
    assert [each.column for each in named.sides[0].pairs] == ["own"] * 4
    assert named.sides[0].pairs[0].groups[:3] == ("0", "1", "2")


def test_only_what_the_source_states(session: Session, table: Path):
    text = table.read_text().replace("kind", "RNASeqCluster", 1)
    table.write_text(text)
    found = associate(session, TASK, Question(table, stated=True), Silent())
    assert [each.feature.name for each in found.sides[0].pairs] == [
        "angular_standard_deviation",
        "ellipsoid_volume_ratio",
        "margin_fluctuation",
    ]
    assert found.missing == ("CNCluster", "COCCluster", "IDH_1p19q", "MethylationCluster", "miRNACluster")
    assert any(
        "lacks what the task's source states: CNCluster, COCCluster" in told for told in association_words(found)
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"columns": ("age",)}, "found no column 'age'; it has kind, third, own, empty"),
        ({"columns": ("own",), "stated": True}, "found no column to test"),
    ],
)
def test_what_cannot_be_tested_is_refused(session: Session, table: Path, changes, sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        associate(session, TASK, replace(Question(table), **changes), Silent())


def test_a_table_of_strangers_is_refused(session: Session, tmp_path: Path):
    (tmp_path / "t.csv").write_text("patient,kind\nQ1,a\nQ2,b\n")
    with pytest.raises(SettingsError, match="found no subject that has a mask here"):
        associate(session, TASK, Question(tmp_path / "t.csv"), Silent())


def test_groups_that_nobody_is_in_leave_nothing_to_test(session: Session, tmp_path: Path):
    (tmp_path / "t.csv").write_text("patient,kind\nP01,a\nP02,a\nQ2,b\n")
    found = associate(session, TASK, Question(tmp_path / "t.csv"), Silent())
    assert found.sides[0].pairs == ()
    assert "By labels: no column has two groups; nothing was tested." in association_words(found)


def test_words_say_how_many_there_are_and_what_they_can_show(session: Session, table: Path):
    told = association_words(associate(session, TASK, Question(table), Silent()))
    assert told[0] == "16 subjects of the table have a label; 1 have none."
    assert told[1] == "Not in the table: X99."
    assert told[2].startswith("By labels: 8 pairs tested; ")
    assert "(p < 0.0063)" in told[2]
    assert "With 16 subjects an AUC's 95 % interval reaches 0." in told[3]
    assert "takes about 64" in told[3]
    assert "The least p that a table of these sums can reach is between" in told[4]


def test_files_hold_what_was_found(session: Session, table: Path, tmp_path: Path):
    found = associate(session, TASK, Question(table), Silent())
    out = tmp_path / "out"
    write_association(found, out, Silent())
    names = {"association.csv", "association.md", "association.png", "features.csv"}
    assert {path.name for path in out.iterdir()} == names
    rows = list(csv.DictReader((out / "association.csv").read_text().splitlines()))
    assert len(rows) == 4 * (2 + 3)
    tested = pair(found, "ellipsoid_volume_ratio", "kind")
    mine = [row for row in rows if (row["feature"], row["column"]) == ("ellipsoid_volume_ratio", "kind")]
    assert [row["group"] for row in mine] == ["a", "b"]
    assert [[int(row[f"quarter_{q}"]) for q in range(1, 5)] for row in mine] == tested.counts.tolist()
    assert [float(row["auc"]) for row in mine] == pytest.approx([area.value for area in tested.areas], rel=1e-4)
    assert float(mine[0]["p_holm"]) == pytest.approx(tested.holm, rel=1e-4)
    page = (out / "association.md").read_text()
    assert all(f"- {sentence}" in page for sentence in association_words(found))
    assert f"| Bounding ellipsoid volume ratio | kind | 16 | {tested.test.p:.4f} | {tested.holm:.3f} |" in page
    assert f"| Bounding ellipsoid volume ratio | kind | b | 8 | {tested.areas[1]} |" in page
    with Image.open(out / "association.png") as picture:
        assert picture.size[1] > 26 * 5
    assert (out / "features.csv").read_text() == features_table(found.cohort)
    with pytest.raises(ExportError, match="not empty"):
        write_association(found, out, Silent())


def test_the_table_of_features_names_units_and_leaves_out_what_is_not_known():
    cases = (CaseFeatures("c1", "s1", LABEL, (1.5,)), CaseFeatures("c1", "s1", PREDICTION, (math.nan,), True))
    text = features_table(CohortFeatures((SIZE,), cases))
    assert text == "case,subject,mask,has_learned,size_mL\nc1,s1,label,no,1.5\nc1,s1,prediction,yes,\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Six bars, five of them labelled, a live model, and its predictions."""
    folder = tmp_path_factory.mktemp("unseen")
    write_bars(folder / "images", 6)
    session = make(folder / "project", folder / "images")
    for case in session.project.cases.all()[:5]:
        volume = session.files.read_case(case.images)[0]
        accept_mask(session, TASK, case.name, bar_of(volume.array), READING)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    yield session
    session.close()


def sources(found: CohortFeatures) -> list[tuple[str, MaskSource, bool]]:
    return [(entry.case, entry.source, entry.has_learned) for entry in found.cases]


def test_unseen_labels_are_measured_once_and_kept(trained: Session, tmp_path: Path):
    features = trained.task(TASK).features
    labels = [(f"bar_{number:02d}", LABEL, False) for number in range(5)]
    assert sources(cohort_features(trained, TASK, Silent())) == [*labels, ("bar_05", PREDICTION, False)]
    assert known_unseen_figures(trained, TASK, features) is None

    measured = measure_unseen(trained, TASK, 2, Silent())
    assert set(measured.cases) == {name for name, _, _ in labels}
    assert known_unseen_figures(trained, TASK, features) == measured
    assert [version.number for version in trained.project.models.all(TASK)] == [1]
    found = cohort_features(trained, TASK, Silent())
    both = [(name, source, False) for name, _, _ in labels for source in (LABEL, PREDICTION)]
    assert sources(found) == [*both, ("bar_05", PREDICTION, False)]
    for entry in found.cases:
        if entry.source is PREDICTION and entry.case in measured.cases:
            assert entry.values == measured.cases[entry.case]
    volumes = {(entry.case, entry.source): entry.values[3] for entry in found.cases}
    assert 0.2 < volumes["bar_00", PREDICTION] / volumes["bar_00", LABEL] < 5

    table = tmp_path / "table.csv"
    table.write_text("case,kind\n" + "".join(f"bar_{number:02d},{'ab'[number % 2]}\n" for number in range(6)))
    sides = associate(trained, TASK, Question(table), Silent()).sides
    assert [(side.source, side.subjects) for side in sides] == [(LABEL, 5), (PREDICTION, 6)]


def test_a_prediction_of_a_learned_label_is_marked_and_left_out(trained: Session, tmp_path: Path):
    trained.project.layout.unseen_figures(TASK).unlink(missing_ok=True)
    predict(trained, TASK, Silent(), ["bar_00"])
    found = cohort_features(trained, TASK, Silent())
    assert ("bar_00", PREDICTION, True) in sources(found)
    assert ("bar_05", PREDICTION, False) in sources(found)
    table = tmp_path / "table.csv"
    table.write_text("case,kind\nbar_00,a\nbar_01,b\n")
    told = association_words(associate(trained, TASK, Question(table), Silent()))
    assert any("the predictions of 1 cases by a model that had learned" in sentence for sentence in told)


@pytest.mark.parametrize("text", ["{", "[]", '{"features": 3}'])
def test_damaged_figures_are_refused_and_those_of_other_features_forgotten(trained: Session, text: str):
    path = trained.project.layout.unseen_figures(TASK)
    path.write_text('{"features": ["size"], "folds": 2, "cases": {}}')
    assert known_unseen_figures(trained, TASK, trained.task(TASK).features) is None
    path.write_text(text)
    if text.startswith('{"features"'):
        assert known_unseen_figures(trained, TASK, trained.task(TASK).features) is None
    else:
        with pytest.raises(FormatError, match="found no figures that can be read"):
            known_unseen_figures(trained, TASK, trained.task(TASK).features)
    path.unlink()

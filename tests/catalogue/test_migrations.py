"""A catalogue of the first tables, with content, brought up to date and back."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from napari_medal.catalogue import database
from napari_medal.catalogue.annotations import Annotations, NewAnnotation
from napari_medal.catalogue.cases import Cases
from napari_medal.catalogue.database import FILE_NAME, open_database
from napari_medal.catalogue.layout import Layout
from napari_medal.catalogue.models import Models
from napari_medal.catalogue.notes import Notes
from napari_medal.catalogue.predictions import Predictions
from napari_medal.core.case import CaseState, Split
from napari_medal.core.verified import Verified

CONTENT = """
INSERT INTO subjects (id, name, split) VALUES (1, 'p1', 'training'), (2, 'p2', 'validation');
INSERT INTO cases (id, name, subject_id, state, broken_reason, added_at) VALUES
    (1, 'a', 1, 'accepted', '', '2026-01-02 03:04:05'), (2, 'b', 2, 'in progress', '', '2026-01-02 03:04:05'),
    (3, 'c', 2, 'broken', 'torn', '2026-01-02 03:04:05');
INSERT INTO images (id, case_id, channel, path, sha256) VALUES (1, 1, 0, 'images/a/a.nii.gz', 'x');
INSERT INTO annotations (id, case_id, task, revision, reader, created_at, seconds_spent, mask_path) VALUES
    (7, 1, 'segmentation', 1, 'ann', '2026-01-03 00:00:00', 12.5, 'annotations/segmentation/a/r0001.nii.gz');
INSERT INTO models (id, task, number, recipe, status, reason, created_at, seconds, folder, plan, metrics) VALUES
    (1, 'segmentation', 1, 'unet', 'live', 'first', '2026-01-03 00:00:00', 3.0, 'models/segmentation/v0001',
    '{"spacing_mm": null, "patch": [1, 8, 8], "batch": 1, "widths": [4], "strides": [[1, 2, 2]], "members": 1,
      "cold_steps": 1, "warm_steps": 1, "learning_rate": 0.1}', '{}');
INSERT INTO model_labels (model_id, annotation_id) VALUES (1, 7);
INSERT INTO predictions (id, case_id, task, model, created_at, uncertainty, per_class, per_slice, reason, overview)
    VALUES (1, 2, 'segmentation', 1, '2026-01-03 00:00:00', 0.5, '[0.5]', '[]', 'why', 'what');
"""


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _old_catalogue(folder: Path) -> Path:
    path = folder / FILE_NAME
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0001")
    engine.dispose()
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA foreign_keys = ON")
    raw.executescript(CONTENT)
    raw.commit()
    raw.close()
    return path


def test_what_the_first_tables_held_is_there_after_the_last(tmp_path: Path) -> None:
    _old_catalogue(tmp_path)
    engine = open_database(tmp_path)
    sessions, layout = sessionmaker(engine, expire_on_commit=False), Layout(tmp_path)
    cases = {case.name: case for case in Cases(sessions, layout).all()}
    assert {name: case.state for name, case in cases.items()} == {
        "a": CaseState.ACCEPTED,
        "b": CaseState.IN_PROGRESS,
        "c": CaseState.BROKEN,
    }
    assert (cases["a"].split, cases["b"].split, cases["c"].broken_reason) == (Split.TRAINING, Split.VALIDATION, "torn")
    assert (cases["a"].difficulty, cases["a"].tags) == (None, ())
    annotation = Annotations(sessions, layout).current("segmentation")["a"]
    assert (annotation.identifier, annotation.reader, annotation.accepted) == (7, "ann", True)
    assert annotation.verified is None
    assert (annotation.confirmed, annotation.slices, annotation.labels, annotation.mode) == (None, None, None, None)
    live = Models(sessions, layout).live("segmentation")
    assert live is not None
    assert live.annotations == {7}
    predicted = Predictions(sessions, layout).by("segmentation", 1)["b"]
    assert (predicted.amount, predicted.value, predicted.spread, annotation.value) == (None, None, None, None)
    Cases(sessions, layout).set_state("b", CaseState.NEEDS_SECOND_LOOK)
    Notes(sessions).set_tags("a", ["motion"])
    assert Cases(sessions, layout).get("b").state is CaseState.NEEDS_SECOND_LOOK
    engine.dispose()
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


def test_labels_of_the_tables_before_can_be_verified_and_lose_nothing_on_the_way_back(tmp_path: Path) -> None:
    path = _old_catalogue(tmp_path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0005")
    engine.dispose()
    engine = open_database(tmp_path)
    annotations = Annotations(sessionmaker(engine, expire_on_commit=False), Layout(tmp_path))
    second = annotations.add(NewAnnotation("a", "segmentation", "bob", verified=Verified(7, 12, 0.75)))
    assert annotations.current("segmentation")["a"].verified == Verified(7, 12, 0.75)
    assert annotations.first_hand("segmentation")["a"].identifier == 7
    assert set(annotations.by_identifier([7, second.identifier, 99])) == {7, second.identifier}
    with engine.begin() as connection:
        command.downgrade(_config(connection), "0005")
    engine.dispose()
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT reader FROM annotations ORDER BY id").fetchall() == [("ann",), ("bob",)]
    assert raw.execute("SELECT annotation_id FROM model_labels").fetchall() == [(7,)]
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()


def test_scores_of_the_tables_before_get_their_measure_when_it_is_known(tmp_path: Path) -> None:
    path = _old_catalogue(tmp_path)
    engine = open_database(tmp_path)
    predictions = Predictions(sessionmaker(engine, expire_on_commit=False), Layout(tmp_path))
    assert predictions.by("segmentation", 1)["b"].measure is None
    predictions.note_measure("other", "variance")
    predictions.note_measure("segmentation", "entropy")
    predictions.note_measure("segmentation", "variance")
    assert predictions.by("segmentation", 1)["b"].measure == "entropy"
    with engine.begin() as connection:
        command.downgrade(_config(connection), "0006")
    engine.dispose()
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT uncertainty, reason FROM predictions").fetchall() == [(0.5, "why")]
    raw.close()


def test_the_way_back_keeps_the_rows(tmp_path: Path) -> None:
    path = _old_catalogue(tmp_path)
    engine = open_database(tmp_path)
    cases = Cases(sessionmaker(engine, expire_on_commit=False), Layout(tmp_path))
    cases.set_state("a", CaseState.ACCEPTED_IN_PART)
    cases.set_state("b", CaseState.REJECTED)
    with engine.begin() as connection:
        command.downgrade(_config(connection), "0001")
    engine.dispose()
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT name, state FROM cases ORDER BY name").fetchall() == [
        ("a", "in progress"),
        ("b", "skipped"),
        ("c", "broken"),
    ]
    assert raw.execute("SELECT count(*) FROM annotations").fetchone() == (1,)
    raw.close()
    open_database(tmp_path).dispose()

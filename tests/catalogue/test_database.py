import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.database import FILE_NAME, open_database
from napari_medal.catalogue.journal_replay import Standing, stroke_record
from napari_medal.catalogue.project import Project, open_project
from napari_medal.catalogue.schema import Base
from napari_medal.core.case import Split
from napari_medal.core.stroke import Stroke
from napari_medal.errors import ProjectError


def test_the_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() is not None
    engine.dispose()


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    before = (tmp_path / FILE_NAME).read_bytes()
    open_database(tmp_path).dispose()
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_tables_of_a_newer_program_are_refused_and_left_alone(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(ProjectError, match=r"newer napari-medal \(tables '9999'\)"):
        open_database(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("content", [b"<html>not here</html>" * 100, b"SQLite format 3\0" + b"\x07" * 4096])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(ProjectError) as refusal:
        open_database(tmp_path)
    assert str(path) in str(refusal.value)
    assert path.read_bytes() == content


def test_rows_that_point_nowhere_are_refused(project: Project) -> None:
    with project.database.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("UPDATE cases SET subject_id = 4711"))


def test_the_catalogue_is_a_single_file_while_it_is_open(project: Project) -> None:
    with project.database.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "delete"
    names = {path.name for path in project.folder.iterdir()}
    assert names == {FILE_NAME, "medal.toml"}


def test_a_project_that_was_copied_elsewhere_reads_the_same(project: Project, tmp_path: Path) -> None:
    for number, case in enumerate(("case1", "case1", "case2")):
        project.annotations.add(
            NewAnnotation(case, "segmentation", "ann", 3.5, write_mask=_writer(f"mask {number}".encode()))
        )
    project.cases.draw(["subject1"], Split.VALIDATION)
    journal = project.journals.begin("case3", "segmentation", Standing((2, 2, 2)), np.zeros((2, 2, 2), np.uint8))
    journal.append([stroke_record(Stroke(np.arange(8), np.zeros(8, np.uint8), np.ones(8, np.uint8)), 4.0)])
    shutil.copytree(project.folder, tmp_path / "elsewhere" / "copy")
    wanted = project.annotations.history("case1", "segmentation")
    shutil.rmtree(project.folder)

    copy = open_project(tmp_path / "elsewhere" / "copy")
    assert [case.name for case in copy.cases.all()] == [f"case{n}" for n in range(9)]
    assert copy.cases.get("case1").split is Split.VALIDATION
    found = copy.annotations.history("case1", "segmentation")
    assert [(a.identifier, a.revision, a.reader, a.created_at) for a in found] == [
        (a.identifier, a.revision, a.reader, a.created_at) for a in wanted
    ]
    assert [a.mask.read_bytes() for a in found if a.mask is not None] == [b"mask 0", b"mask 1"]
    assert all(a.mask is not None and a.mask.is_relative_to(copy.folder) for a in found)
    kept = copy.journals.load("case3", "segmentation")
    assert kept is not None
    assert kept.replay.mask.all()
    copy.close()


def _writer(content: bytes):
    def write(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return write

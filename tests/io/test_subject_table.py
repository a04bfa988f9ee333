from pathlib import Path

import pytest

from napari_medal.errors import FormatError
from napari_medal.io.subject_table import SubjectTable, read_subject_table


def read(folder: Path, text: str, key: str = "") -> SubjectTable:
    path = folder / "table.csv"
    path.write_text(text)
    return read_subject_table(path, key)


def test_the_first_column_names_subjects_and_cells_may_say_nothing(tmp_path: Path):
    table = read(tmp_path, "patient; cluster ;age\np2;1;NA\np1; 2 ;40\n;3;4\np3\n")
    assert table.subjects == ("p2", "p1", "p3")
    assert table.columns == {"cluster": {"p2": "1", "p1": "2"}, "age": {"p1": "40"}}


def test_another_column_may_name_them(tmp_path: Path):
    table = read(tmp_path, "row,patient,cluster\n1,p1,a\n2,p2,b\n", "patient")
    assert table.subjects == ("p1", "p2")
    assert table.columns == {"row": {"p1": "1", "p2": "2"}, "cluster": {"p1": "a", "p2": "b"}}


@pytest.mark.parametrize(
    ("text", "key", "sentence"),
    [
        ("patient,a\np1,1\np1,2\n", "", "line 3: found the subject p1 again"),
        ("patient,a,a\np1,1,2\n", "", "line 1: found the columns patient, a, a; wanted each name once"),
        ("patient,a\np1,1\n", "subject", "line 1: found no column 'subject'; it has patient, a"),
        ("patient\np1\n", "", "wanted at least two columns, the subject and what is known of it"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(text: str, key: str, sentence: str, tmp_path: Path):
    with pytest.raises(FormatError, match=sentence):
        read(tmp_path, text, key)

from pathlib import Path

import pytest

from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.errors import FormatError
from napari_medal.io.class_table import read_class_table

GRADES = LabelScheme((LabelClass(0, "benign", "#31a354"), LabelClass(3, "malignant", "#e6550d")))
WANTED = {"p1": 0, "p2.v3": 3}


def table(tmp_path: Path, text: str) -> Path:
    (tmp_path / "classes.csv").write_text(text, encoding="utf-8")
    return tmp_path / "classes.csv"


@pytest.mark.parametrize(
    "text",
    [
        "case,class\np1,benign\np2.v3,malignant\n",
        "case;class\np1;0\np2.v3;3\n",
        "\ufeffAge\tDiagnosis\tImage\n50\tbenign\timages/p1.nii.gz\n60\tmalignant\tC:\\x\\p2.v3.PNG\n",
        "whatever,score\r\np1, 0\r\n\r\np2.v3,3\r\np4,\r\n",
        "case,class\np1,benign\np1,benign\np2.v3,malignant",
    ],
)
def test_tables(tmp_path: Path, text: str) -> None:
    assert read_class_table(table(tmp_path, text), GRADES) == WANTED


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "case,class\np1,benign\np2,odd\n",
            r"line 3: found the class 'odd'; wanted one of benign \(0\), malignant",
        ),
        ("case,class\np1,7\n", r"line 2: found the class '7'"),
        ("case,class\np1,0\np1.nii.gz,3\n", r"line 3: found a second class for the case p1"),
        ("case\np1\n", r"line 1: found the header 'case'; wanted at least two columns"),
        ("", "line 1: found no header"),
        ("label,case\n", None),
        ("sex,case\n", "line 1: found the columns sex, case"),
    ],
)
def test_broken_tables(tmp_path: Path, text: str, complaint: str | None) -> None:
    path = table(tmp_path, text)
    if complaint is None:
        assert read_class_table(path, GRADES) == {}
        return
    with pytest.raises(FormatError, match=complaint) as caught:
        read_class_table(path, GRADES)
    assert str(path) in str(caught.value)


def test_missing_and_binary_tables(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\0\x81")
    for name in ("missing.csv", "binary.csv"):
        with pytest.raises(FormatError, match=name):
            read_class_table(tmp_path / name, GRADES)

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.quantity import Quantity
from napari_medal.errors import FormatError
from napari_medal.io.value_table import read_value_table

AGE = Quantity("Age", "years", 0.0, 120.0)


def table(folder: Path, text: str) -> Path:
    (folder / "values.csv").write_text(text, encoding="utf-8")
    return folder / "values.csv"


@pytest.mark.parametrize(
    "text",
    [
        "case,age\np1,63.5\np2.v3,7\n",
        "case;value\np1;63.5\np2.v3;7e0\n",
        "sex\tAGE\timage\tvalue\nf\t63.5\timages/p1.nii.gz\t1\nm\t7.0\tC:\\x\\p2.v3.PNG\t2\n",
        "whatever,years\r\np1, 63.5\r\n\r\np2.v3,7\r\np4,\r\n",
        "case,class,age\np1,benign,63.5\np1,benign,63.5\np2.v3,malignant,7",
    ],
)
def test_tables(tmp_path: Path, text: str) -> None:
    assert read_value_table(table(tmp_path, text), AGE) == {"p1": 63.5, "p2.v3": 7.0}


@given(st.lists(st.floats(0, 120), min_size=1, max_size=5))
def test_numbers_come_back_bit_for_bit(tmp_path_factory, values: list[float]) -> None:
    text = "case,value\n" + "".join(f"c{place},{value!r}\n" for place, value in enumerate(values))
    found = read_value_table(table(tmp_path_factory.getbasetemp(), text), AGE)
    assert [value.hex() for value in found.values()] == [value.hex() for value in values]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("case,age\np1,63\np2,old\n", r"line 3: found 'old'; wanted a number, the Age \(years\)"),
        ("case,age\np1,130\n", "line 2: found 130; wanted Age from 0 to 120 years"),
        ("case,age\np1,nan\n", "line 2: found nan; wanted Age"),
        ("case;age\np1;63,5\n", "line 2: found '63,5'; wanted a number"),
        ("case,age\np1,63\np1.nii.gz,64\n", "line 3: found a second value for the case p1"),
        ("case\np1\n", "line 1: found the header 'case'; wanted at least two columns, the case and its value"),
        ("age,id\n63,p1\n", None),
        ("x,id\n", "wanted one for the case and one for the value"),
    ],
)
def test_what_cannot_be_understood_is_named(tmp_path: Path, text: str, complaint: str | None) -> None:
    if complaint is None:
        assert read_value_table(table(tmp_path, text), AGE) == {"p1": 63.0}
        return
    with pytest.raises(FormatError, match=complaint):
        read_value_table(table(tmp_path, text), AGE)

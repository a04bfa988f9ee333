from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from napari_medal.io.slice_numbers import in_order, missing_numbers


@given(st.sets(st.integers(0, 2000), min_size=3, max_size=40), st.booleans())
def test_numbers_are_counted_as_people_do(numbers: set[int], padded: bool) -> None:
    name = "p{:05d}" if padded else "p{}"
    files = [Path(f"{name.format(number)}.tif") for number in numbers]
    ordered = in_order(files)
    assert [int(path.stem[1:]) for path in ordered] == sorted(numbers)
    steps = {after - before for before, after in zip(sorted(numbers), sorted(numbers)[1:], strict=False)}
    assert bool(missing_numbers(ordered)) == (len(steps) > 1)


def test_what_is_missing_is_named() -> None:
    def named(numbers: list[int]) -> str:
        return missing_numbers([Path(f"TCGA_01_{number}.tif") for number in numbers])

    assert named([1, 2, 3, 6, 7, 9]) == "4, 5, 8"
    assert named([2, 4, 6]) == ""
    assert named([1, 2, 30]) == "3, 4, 5, 6, 7, 8, ..."
    assert named([1, 5]) == ""
    assert missing_numbers([Path("a1b1.tif"), Path("a2b5.tif"), Path("a3b9.tif")]) == ""

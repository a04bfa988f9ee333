from pathlib import Path

import pytest

from napari_medal.core.found_case import FoundCase
from napari_medal.errors import FormatError
from napari_medal.io.discover import discover, match_masks

SUFFIXES = (".nii.gz", ".nii", ".hdr", ".img", ".mha", ".png")


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def found(folder: Path) -> dict[str, tuple[list[str], str | None]]:
    return {
        case.name: (
            [path.relative_to(folder).as_posix() for image in case.images for path in image.files],
            case.mask.files[0].relative_to(folder).as_posix() if case.mask else None,
        )
        for case in discover(folder, SUFFIXES)
    }


def test_every_file_is_a_case(tmp_path: Path) -> None:
    touch(tmp_path, "b.nii.gz", "a.MHA", "c.1.png", "notes.txt", ".hidden.nii.gz", "._b.nii.gz", ".git/x.nii")
    assert found(tmp_path) == {
        "a": (["a.MHA"], None),
        "b": (["b.nii.gz"], None),
        "c.1": (["c.1.png"], None),
    }


def test_numbered_channels_are_one_case(tmp_path: Path) -> None:
    touch(tmp_path, "p_0001.nii.gz", "p_0000.nii.gz", "p_0002.nii.gz", "p_mask.nii.gz", "q_12345.nii.gz")
    assert found(tmp_path) == {
        "p": (["p_0000.nii.gz", "p_0001.nii.gz", "p_0002.nii.gz"], "p_mask.nii.gz"),
        "q_12345": (["q_12345.nii.gz"], None),
    }


@pytest.mark.parametrize("word", ["mask", "seg", "label", "labels", "SEG"])
@pytest.mark.parametrize("image", ["p", "p_flair", "p_t1", "p_T2", "p_ct", "p_mr", "p_image"])
def test_mask_beside_its_image(tmp_path: Path, word: str, image: str) -> None:
    touch(tmp_path, f"{image}.nii.gz", f"p_{word}.nii.gz")
    assert found(tmp_path) == {image: ([f"{image}.nii.gz"], f"p_{word}.nii.gz")}


def test_mask_without_an_image_is_a_case(tmp_path: Path) -> None:
    touch(tmp_path, "p_mask.nii.gz", "q.nii.gz")
    assert set(found(tmp_path)) == {"p_mask", "q"}


def test_own_mask_goes_before_a_shared_one(tmp_path: Path) -> None:
    touch(tmp_path, "p_t1.png", "p_t2.png", "p_t1_seg.png", "p_seg.png")
    assert found(tmp_path) == {"p_t1": (["p_t1.png"], "p_t1_seg.png"), "p_t2": (["p_t2.png"], "p_seg.png")}


def test_two_masks_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "p.png", "p_seg.png", "p_mask.png")
    with pytest.raises(FormatError, match=r"Case p: found two masks.*p_mask\.png.*p_seg\.png"):
        discover(tmp_path, SUFFIXES)


def test_subfolder_is_a_case(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "p 1/t2.nii",
        "p 1/t1.nii",
        "p 1/tumour-seg.nii",
        "segments/a.nii",
        "empty/x.txt",
        "only/mask.png",
    )
    assert found(tmp_path) == {
        "only": (["only/mask.png"], None),
        "p_1": (["p 1/t1.nii", "p 1/t2.nii"], "p 1/tumour-seg.nii"),
        "segments": (["segments/a.nii"], None),
    }


def test_a_pair_is_one_file(tmp_path: Path) -> None:
    touch(tmp_path, "p.hdr", "p.img", "q.img")
    assert found(tmp_path) == {"p": (["p.hdr"], None), "q": (["q.img"], None)}


def test_names_are_made_safe(tmp_path: Path) -> None:
    touch(tmp_path, "Müller & Söhne (2).png")
    assert list(found(tmp_path)) == ["M_ller___S_hne__2_"]


@pytest.mark.parametrize("names", [("p.nii.gz", "p.mha"), ("p 1.png", "p_1.png"), ("p.png", "p/a.png")])
def test_names_used_twice_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    touch(tmp_path, *names)
    with pytest.raises(FormatError) as caught:
        discover(tmp_path, SUFFIXES)
    for name in names:
        assert str(tmp_path / name) in str(caught.value)


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nowhere"):
        discover(tmp_path / "nowhere", SUFFIXES)
    with pytest.raises(FormatError, match="nowhere"):
        match_masks([], tmp_path / "nowhere", SUFFIXES)


def test_masks_in_another_folder(tmp_path: Path) -> None:
    touch(tmp_path, "a.nii.gz", "b_seg.nii", "c/anything.png", "d/x.png", "d/label.png", "e_label.png", "zz.png")
    names = ("a", "b", "c", "d", "e_flair", "f")
    cases = [FoundCase(name, ()) for name in names]
    masks = match_masks(cases, tmp_path, SUFFIXES)
    assert {name: mask.files for name, mask in masks.items()} == {
        "a": (tmp_path / "a.nii.gz",),
        "b": (tmp_path / "b_seg.nii",),
        "c": (tmp_path / "c" / "anything.png",),
        "d": (tmp_path / "d" / "label.png",),
        "e_flair": (tmp_path / "e_label.png",),
    }


def test_two_masks_in_another_folder_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a.nii.gz", "a_seg.nii.gz")
    with pytest.raises(FormatError, match="Case a: found two masks"):
        match_masks([FoundCase("a", ())], tmp_path, SUFFIXES)


@pytest.mark.real_data
def test_real_folder_of_images_and_masks(medal_data: Path) -> None:
    cases = discover(medal_data / "lgg_flair", SUFFIXES)
    assert len(cases) == 24
    for case in cases:
        assert case.name.endswith("_flair")
        assert case.mask is not None
        assert case.mask.files[0].name == f"{case.name.removesuffix('_flair')}_mask.nii.gz"

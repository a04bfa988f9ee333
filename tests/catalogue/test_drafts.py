from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.drafts import Draft, Drafts
from napari_medal.catalogue.layout import Layout
from napari_medal.errors import ProjectError

MASK = np.random.default_rng(0).integers(0, 5, (4, 5, 6)).astype(np.uint8)


@pytest.mark.parametrize("started_from", [None, 3])
def test_a_draft_comes_back(tmp_path: Path, started_from: int | None) -> None:
    drafts = Drafts(Layout(tmp_path))
    assert drafts.load("a", "segmentation") is None
    drafts.save("a", "segmentation", Draft(MASK, 61.5, started_from))
    found = drafts.load("a", "segmentation")
    assert found is not None
    assert (found.mask == MASK).all()
    assert found.mask.dtype == np.uint8
    assert (found.seconds_spent, found.started_from) == (61.5, started_from)
    assert drafts.load("a", "other") is None
    assert drafts.load("b", "segmentation") is None


def test_the_last_draft_counts_until_it_is_discarded(tmp_path: Path) -> None:
    drafts = Drafts(Layout(tmp_path))
    drafts.save("a", "segmentation", Draft(MASK, 1.0, None))
    drafts.save("a", "segmentation", Draft(MASK[::-1], 2.0, None))
    found = drafts.load("a", "segmentation")
    assert found is not None
    assert (found.mask == MASK[::-1]).all()
    drafts.discard("a", "segmentation")
    drafts.discard("a", "segmentation")
    assert drafts.load("a", "segmentation") is None


@pytest.mark.parametrize("damage", ["half", "nothing", "text", "bytes", "flipped", "other"])
def test_a_damaged_draft_is_said_and_left(tmp_path: Path, damage: str) -> None:
    drafts = Drafts(Layout(tmp_path))
    drafts.save("a", "segmentation", Draft(MASK, 1.0, None))
    path = tmp_path / "drafts" / "segmentation" / "a.npz"
    content = path.read_bytes()
    if damage == "other":
        np.savez(path, something=MASK)
    else:
        middle = content.index(b"mask.npy") + 60
        flipped = content[:middle] + bytes(255 - byte for byte in content[middle : middle + 8]) + content[middle + 8 :]
        path.write_bytes(
            {
                "half": content[: len(content) // 2],
                "nothing": b"",
                "text": b"<html>",
                "bytes": b"PK\x03\x04" + b"\7" * 99,
                "flipped": flipped,
            }[damage]
        )
    before = path.read_bytes()
    with pytest.raises(ProjectError) as refusal:
        drafts.load("a", "segmentation")
    assert str(path) in str(refusal.value)
    assert path.read_bytes() == before

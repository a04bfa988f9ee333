from pathlib import Path

import pytest
import torch

from napari_medal.engine.weights import load_members, save_members
from napari_medal.errors import ModelError


def _members(count: int) -> list[dict[str, torch.Tensor]]:
    return [{"a": torch.rand(3, 4).t(), "b": torch.rand(2), "count": torch.tensor(number)} for number in range(count)]


def test_weights_come_back_in_order(tmp_path: Path) -> None:
    members = _members(11)
    save_members(tmp_path / "v0001", members)
    found = load_members(tmp_path / "v0001")
    assert len(found) == 11
    for before, after in zip(members, found, strict=True):
        assert before.keys() == after.keys()
        assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "gone"])
def test_damaged_weights_are_refused_by_name(tmp_path: Path, damage: str) -> None:
    save_members(tmp_path, _members(3))
    path = tmp_path / "member-1.safetensors"
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": content[:-3], "empty": b"", "text": b"<html>not found</html>"}[damage])
    with pytest.raises(ModelError, match=r"member-1\.safetensors cannot be read as weights"):
        load_members(tmp_path)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no weights"):
        load_members(tmp_path)

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from napari_medal.engine.foreign import adopt, read_foreign
from napari_medal.errors import ModelError


def _network(width: int = 4, outputs: int = 2) -> nn.Module:
    torch.manual_seed(width)
    return nn.Sequential(nn.Conv3d(1, width, 3), nn.ReLU(), nn.Conv3d(width, outputs, 1))


class Bomb:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"epoch": 3, "state_dict": s, "best": {"dice": 0.9}}])
@pytest.mark.parametrize("prefix", ["", "module."])
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_weights_are_read_by_name(tmp_path: Path, wrap: Any, prefix: str, suffix: str) -> None:
    state = {prefix + name: tensor for name, tensor in _network().state_dict().items()}
    path = tmp_path / f"weights{suffix}"
    if suffix == ".pt":
        torch.save(wrap(state), path)
    else:
        save_file(state, path)
    found = read_foreign(path)
    assert found.keys() == _network().state_dict().keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in _network().state_dict().items())


@pytest.mark.parametrize("make", [torch.save, lambda held, path: path.write_bytes(pickle.dumps(held))])
def test_a_pickle_is_refused_and_not_run(tmp_path: Path, make: Any) -> None:
    path, trace = tmp_path / "network.pt", tmp_path / "trace"
    make({"state_dict": {"a": torch.ones(2)}, "extra": Bomb(trace)}, path)
    with pytest.raises(ModelError, match=r"network\.pt is damaged or holds Python objects .* could run code"):
        read_foreign(path)
    assert not trace.exists()


def test_a_whole_network_is_refused(tmp_path: Path) -> None:
    torch.save(_network(), tmp_path / "whole.pt")
    with pytest.raises(ModelError, match="state dict alone"):
        read_foreign(tmp_path / "whole.pt")


@pytest.mark.parametrize("name", ["gone.pt", "gone.safetensors", "text.safetensors", "empty.pt", "text.pt"])
def test_what_is_no_weights_is_refused_by_name(tmp_path: Path, name: str) -> None:
    if not name.startswith("gone"):
        (tmp_path / name).write_text("" if name.startswith("empty") else "<html>not found</html>")
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        read_foreign(tmp_path / name)


def test_a_file_without_tensors_is_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "x.pt")
    with pytest.raises(ModelError, match="holds no tensors by name"):
        read_foreign(tmp_path / "x.pt")


def test_what_fits_is_taken_and_the_rest_is_told() -> None:
    network, foreign = _network(outputs=3), _network(outputs=2).state_dict() | {"head": torch.ones(3)}
    head = network.state_dict()["2.weight"].clone()
    adoption = adopt(network, foreign)
    assert adoption.taken == ("0.weight", "0.bias")
    assert adoption.missing == ("2.weight", "2.bias")
    assert adoption.unused == ("2.weight", "2.bias", "head")
    assert torch.equal(network.state_dict()["0.weight"], foreign["0.weight"])
    assert torch.equal(network.state_dict()["2.weight"], head)


def test_weights_of_which_none_fits_are_refused() -> None:
    with pytest.raises(ModelError, match=r"None of the 1 tensors .* 0\.weight, 0\.bias .* found encoder"):
        adopt(_network(), {"encoder": torch.ones(3)})

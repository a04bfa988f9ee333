import pytest

from napari_medal.engine.device import choose_device
from napari_medal.errors import SettingsError


@pytest.mark.parametrize("name", ["quantum", "cuda:99", "CPU 1", ""])
def test_a_device_that_is_not_there_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsError, match=r"set training\.device to 'auto' or 'cpu'") as refusal:
        choose_device(name)
    assert f"'{name}'" in str(refusal.value)


def test_the_cpu_is_always_there() -> None:
    device = choose_device("cpu")
    assert device.torch.type == "cpu"
    assert not device.memory.accelerated
    assert device.threads >= 1
    assert device.memory.budget_bytes > 0


def test_automatic_takes_what_is_there() -> None:
    import torch

    assert (choose_device().torch.type == "cpu") == (
        not torch.cuda.is_available() and not torch.backends.mps.is_available()
    )


def test_memory_is_capped_and_cores_are_spared() -> None:
    assert choose_device("cpu", memory_gb=0.25).memory.budget_bytes == 2**28
    assert choose_device("cpu", spare_cores=1000).threads == 1

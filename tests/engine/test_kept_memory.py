import platform
import resource
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from napari_medal.core.plan import Memory
from napari_medal.engine.device import choose_device
from napari_medal.engine.kept_memory import kept_memory

COUNTED = textwrap.dedent(
    """
    import resource, torch
    from contextlib import nullcontext
    from napari_medal.engine.device import choose_device
    from napari_medal.engine.kept_memory import kept_memory

    def faults():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(20):
            torch.ones(20_000_000 // 4).add_(1)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    with kept_memory(choose_device("cpu")):
        with kept_memory(choose_device("cpu")):
            faults()
        inside = faults()
        held = [torch.ones(10_000_000) for _ in range(4)]
        del held
        before = resident()
    print(inside, before - resident())
    """
)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's settings")
def test_memory_is_kept_inside_and_given_back_after() -> None:
    """In a process of its own: what the tests before it have allocated decides what glibc does."""
    done = subprocess.run([sys.executable, "-c", COUNTED], capture_output=True, text=True, check=True)
    inside, given_back = map(int, done.stdout.split())
    assert inside < 20_000_000 / resource.getpagesize(), "less than one of the twenty arrays is fetched anew"
    assert given_back > 100e6


def test_it_ends_when_the_work_fails() -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), kept_memory(choose_device("cpu")):
            _ = 1 // 0


def test_an_accelerator_is_left_alone() -> None:
    device = replace(choose_device("cpu"), memory=Memory(1, accelerated=True))
    with kept_memory(device):
        pass

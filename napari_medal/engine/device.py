"""What there is to compute on."""

from dataclasses import dataclass

import psutil
import torch
import torch.nn.functional as nnf
from torch.amp.autocast_mode import autocast

from napari_medal.core.plan import Memory
from napari_medal.errors import SettingsError

_GIBIBYTE = 1024**3
_BFLOAT16_UNITS = ("avx512_bf16", "amx_bf16")


@dataclass(frozen=True)
class Device:
    """A device to train and predict on.

    Args:
        torch: Its name in torch.
        title: Its name for people.
        memory: What training may take.
        half: Whether bfloat16 is faster than float32 here.
        threads: CPU threads to use.
        channels_last: Whether the channels of a voxel lie side by side in memory.
    """

    torch: torch.device
    title: str
    memory: Memory
    half: bool
    threads: int
    channels_last: bool = False

    def autocast(self) -> autocast:
        """Return a context in which convolutions run in bfloat16 where that pays."""
        return autocast(self.torch.type, dtype=torch.bfloat16, enabled=self.half)

    def claim_threads(self) -> None:
        """Hold torch to `threads` CPU threads, so that the rest of the process stays quick."""
        if torch.get_num_threads() != self.threads:
            torch.set_num_threads(self.threads)


def choose_device(preference: str = "auto", spare_cores: int = 0, memory_gb: float | None = None) -> Device:
    """Choose where to compute.

    Args:
        preference: "auto" (CUDA, then MPS, then CPU), or a torch device such as "cuda:1" or "cpu".
        spare_cores: CPU cores to leave to others.
        memory_gb: Upper limit on the memory that training may take.

    Raises:
        SettingsError: The wanted device is not there.
    """
    name = _automatic() if preference == "auto" else preference
    device = _existing(name)
    free = _free_bytes(device)
    budget = free if memory_gb is None else min(free, int(memory_gb * _GIBIBYTE))
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    threads = max(1, min(cores, psutil.cpu_count() or 1) - spare_cores)
    return Device(
        torch=device,
        title=_title(device, threads),
        memory=Memory(budget_bytes=budget, accelerated=device.type != "cpu"),
        half=_half_pays(device),
        threads=threads,
    )


def _automatic() -> str:
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() and _trains_volumes("mps") else "cpu"


def _trains_volumes(name: str) -> bool:
    """Try every operation that 3D training needs; not every build of torch has all of them on Apple's GPU."""
    try:
        image = torch.zeros(1, 1, 4, 4, 4, device=name)
        field = nnf.affine_grid(torch.eye(3, 4, device=name)[None], [1, 1, 4, 4, 4], align_corners=False)
        layers = torch.nn.Sequential(torch.nn.Conv3d(1, 2, 3, 2, 1), torch.nn.ConvTranspose3d(2, 1, 2, 2)).to(name)
        torch.autograd.backward(layers(nnf.grid_sample(image, field, align_corners=False)).sum())
    except (RuntimeError, NotImplementedError):
        return False
    return True


def _existing(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch raises AssertionError where CUDA is not compiled in
        msg = f"The device '{name}' cannot be used here ({error}); set training.device to 'auto' or 'cpu'."
        raise SettingsError(msg) from error
    return device


def _free_bytes(device: torch.device) -> int:
    """Return what may be planned with: most of what is free now, half where it is shared with everything else."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0] * 0.9)
    return int(psutil.virtual_memory().available * 0.5)


def _title(device: torch.device, threads: int) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


def _half_pays(device: torch.device) -> bool:
    """Tell whether the device computes in bfloat16 by itself; elsewhere it is emulated, and slower than float32.

    A look at what the processor says of itself; a training times both where it is long enough (`probe`).
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return False
    found = torch.cpu.get_capabilities()
    return any(bool(found.get(name)) for name in _BFLOAT16_UNITS)

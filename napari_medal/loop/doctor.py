"""What is installed, which device there is, and what is missing."""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from napari_medal.engine.device import choose_device
from napari_medal.loop.session import Extensions, installed_extensions

_PACKAGES = ("napari-medal", "napari", "torch", "monai", "SimpleITK", "nibabel", "numpy")
_BINDINGS = ("PySide6-Essentials", "PySide6", "PyQt6", "PyQt5")
_INSTALL_BINDING = "pip install 'napari-medal[gui]'"
_GIBIBYTE = 1024**3


class Health(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` is the line to run, or ""."""

    what: str
    found: str
    health: Health = Health.GOOD
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything the program stands on. Imports torch, but neither Qt nor napari."""
    extensions = installed_extensions()
    return [
        Finding("Python", f"{platform.python_version()} on {platform.platform()}"),
        *(_package(name) for name in _PACKAGES),
        _binding(),
        _display(),
        _device(),
        _memory(),
        _disk(),
        *_others(extensions),
        *_broken(extensions),
    ]


def _package(name: str) -> Finding:
    found = _version(name)
    if found is None:
        return Finding(name, "not installed", Health.BAD, f"pip install {name}")
    return Finding(name, found)


def _binding() -> Finding:
    """Look for a Qt binding, and warn of the one that crashes."""
    found = {name: number for name in _BINDINGS if (number := _version(name)) is not None}
    if not found:
        return Finding(
            "Qt binding", "none; the command line works, the viewer does not", Health.WARNING, _INSTALL_BINDING
        )
    shown = ", ".join(f"{name} {number}" for name, number in found.items())
    pyside = found.get("PySide6-Essentials", found.get("PySide6", ""))
    if pyside.startswith("6.12.0") and sys.version_info < (3, 12):
        return Finding(
            "Qt binding",
            f"{shown}, which ends napari after some 2,000 slice moves on Python 3.11",
            Health.BAD,
            "pip install 'PySide6-Essentials>=6.8,<6.12'",
        )
    return Finding("Qt binding", shown)


def _display() -> Finding:
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return Finding("Display", os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "native")
    virtual = shutil.which("xvfb-run") is not None
    mend = "xvfb-run -a napari-medal open PROJECT" if virtual else "apt-get install xvfb xauth"
    return Finding("Display", "none; the viewer needs one, a virtual one will do", Health.WARNING, mend)


def _device() -> Finding:
    device = choose_device()
    half = "bfloat16" if device.half else "float32"
    found = f"{device.title}, {half}, {device.memory.budget_bytes / _GIBIBYTE:.1f} GiB to train in"
    if not device.memory.accelerated and shutil.which("nvidia-smi") is not None:
        mend = "install a CUDA build of torch, see the README"
        return Finding("Device", f"{found}; an NVIDIA GPU is there but torch cannot use it", Health.WARNING, mend)
    return Finding("Device", found)


def _memory() -> Finding:
    memory = psutil.virtual_memory()
    found = f"{memory.available / _GIBIBYTE:.1f} of {memory.total / _GIBIBYTE:.1f} GiB free"
    if memory.available < 2 * _GIBIBYTE:
        return Finding("Memory", found, Health.WARNING, "close other programs, or set training.memory_gb in medal.toml")
    return Finding("Memory", found)


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / _GIBIBYTE
    return Finding("Disk", f"{free:.1f} GiB free here", Health.WARNING if free < 2 else Health.GOOD)


def _others(extensions: Extensions) -> list[Finding]:
    """List the packages of other people that add something, and what; nothing is imported."""
    added: dict[str, list[str]] = {}
    for registry in extensions.kinds:
        kind = registry.group.rpartition(".")[2].removesuffix("s")
        for name in registry.names():
            package = registry.package(name)
            if package.partition(" ")[0] not in ("", _PACKAGES[0]):
                added.setdefault(package, []).append(f"{kind} {name}")
    return [Finding(package, f"adds {', '.join(added[package])}") for package in sorted(added)]


def _broken(extensions: Extensions) -> list[Finding]:
    broken = extensions.broken()
    if not broken:
        return [Finding("Extensions", "all load")]
    return [
        Finding(f"Extension {entry.name}", entry.reason, Health.BAD, "update or remove the package it comes from")
        for entry in broken
    ]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

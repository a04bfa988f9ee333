"""Import torch's compiler early and safely, though nothing here is compiled."""

import importlib
import sys
from pathlib import Path

_LIBRARIES = Path("/proc/self/maps")


def import_dynamo() -> None:
    """Import `torch._dynamo`, as torch does with the first optimiser, when it would hold up a viewer.

    It imports triton where a CUDA build of torch brings it. Triton's LLVM and that of Mesa's software OpenGL cannot
    live in one process: loading triton after a window has drawn ends the program with a segmentation fault (seen
    with torch 2.15.0+cu132 under Xvfb). So triton is kept out where Mesa's LLVM is in; torch does without.
    """
    if "triton" not in sys.modules and _mesa_brought_llvm():
        sys.modules["triton"] = None  # type: ignore[assignment]  # Python's way to make an import fail
    importlib.import_module("torch._dynamo")


def _mesa_brought_llvm() -> bool:
    return _LIBRARIES.exists() and "libLLVM" in _LIBRARIES.read_text()

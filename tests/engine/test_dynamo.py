import subprocess
import sys

import pytest

PROGRAM = """
import sys
from pathlib import Path
from napari_medal.engine import dynamo
dynamo._LIBRARIES = Path(sys.argv[1])
dynamo.import_dynamo()
import torch
torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))]).zero_grad()
blocked = "triton" in sys.modules and sys.modules["triton"] is None
sys.exit(10 if blocked else 0)
"""


@pytest.mark.parametrize(("libraries", "code"), [("7f00 /usr/lib/libLLVM-15.so.1", 10), ("7f00 /usr/lib/libc.so.6", 0)])
def test_triton_stays_out_where_mesas_llvm_is_in(tmp_path, libraries, code):
    maps = tmp_path / "maps"
    maps.write_text(libraries)
    found = subprocess.run([sys.executable, "-c", PROGRAM, str(maps)], check=False)
    assert found.returncode == code

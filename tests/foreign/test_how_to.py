"""The page on writing a task plugin shows the packages that are installed here, and nothing else."""

import re
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parent
PART = re.compile(r"^In `([^`]+)`:$|^```(?:python|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = ("medal-lesion-size", "medal-pocket-unet")


def _shown(page: str) -> list[tuple[str, str]]:
    """Return each block of code with the file that was named last before it."""
    path, blocks = "", []
    for named, code in PART.findall(page):
        if named:
            path = named
        else:
            blocks.append((path, code))
    return blocks


@pytest.fixture(scope="module")
def blocks(repo_root: Path) -> list[tuple[str, str]]:
    return _shown((repo_root / "docs/how-to/write-a-task-plugin.md").read_text())


def test_blocks_are_found() -> None:
    page = "In `a/b.py`:\n\n```python\nx = 1\n```\n\ntext\n\n```python\ny = 2\n```\n\n```sh\nls\n```\n"
    assert _shown(page) == [("a/b.py", "x = 1\n"), ("a/b.py", "y = 2\n")]


def test_every_block_is_in_its_file(blocks: list[tuple[str, str]]) -> None:
    assert len(blocks) > 10
    assert [path for path, code in blocks if code not in (PACKAGES / path).read_text()] == []


def test_every_line_of_the_packages_is_shown(blocks: list[tuple[str, str]]) -> None:
    files = [path for name in SHOWN for path in (PACKAGES / name).rglob("*") if path.suffix in (".py", ".toml")]
    for file in files:
        shown = "".join(code for path, code in blocks if PACKAGES / path == file)
        hidden = set(file.read_text().splitlines()) - set(shown.splitlines())
        assert file.name == "__init__.py" or not hidden, file

"""Every tool that pyproject.toml declares keeps its promises."""

import pytest

from napari_medal.testing import check_tool
from tests.entries import declared_extensions
from tests.small import REPO_ROOT

TOOLS = [point for point in declared_extensions(REPO_ROOT) if point.group == "napari_medal.tools"]


@pytest.mark.parametrize("point", TOOLS, ids=lambda point: point.name)
def test_it_keeps_its_promises(point):
    tool = point.load()
    check_tool(tool)
    assert tool.name == point.name

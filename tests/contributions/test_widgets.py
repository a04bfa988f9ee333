import pytest

from napari_medal.contributions.widgets import open_dock
from napari_medal.errors import MedalError


def test_without_a_viewer_the_dock_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("napari.current_viewer", lambda: None)
    with pytest.raises(MedalError, match="Found no open napari viewer"):
        open_dock()

import pytest

from napari_medal.gui.dock import MedalDock
from napari_medal.gui.views.linked_views import LinkedViews


@pytest.fixture
def shown(docks, qtbot):
    """Return an opener of a case: (project folder, case) gives a dock in a window that is seen, with its views."""

    def show(folder, case: str | None = None) -> MedalDock:
        dock = docks(folder, show=True)
        with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
            if case is None:
                dock.desk.open_next()
            else:
                dock.desk.open_case(case)
        settle(qtbot, dock)
        return dock

    return show


def settle(qtbot, dock: MedalDock) -> None:
    """Wait until the views have found their sizes."""
    views: LinkedViews = dock.viewing.views
    if views.large.is_volume and views.is_wanted:
        qtbot.waitUntil(lambda: bool(views.small.shown), timeout=20_000)
        qtbot.waitUntil(lambda: all(pane.model.layers for pane in views.small.shown), timeout=20_000)
    qtbot.wait(150)

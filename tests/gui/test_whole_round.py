import threading
import time
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

from napari_medal.catalogue.models import ModelStatus
from napari_medal.core.case import CaseState
from napari_medal.core.progress import Silent
from napari_medal.core.recipe import Recipe
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.session import Session, installed_extensions
from napari_medal.registry import Registry, keeps


def phantoms(folder: Path, recipe: str) -> Session:
    """Make a project of five phantoms, two of them labelled, with another recipe under the name "tiny"."""
    cohort = write_phantoms(folder / "cohort", cases=5, seed=1, progress=Silent(), shape=(12, 16, 12))
    for name in ("case_002", "case_003", "case_004"):
        (cohort.labels / f"{name}.nii.gz").unlink()
    tiny = EntryPoint("tiny", recipe, "napari_medal.recipes")
    extensions = replace(installed_extensions(), recipes=Registry("napari_medal.recipes", keeps(Recipe), [tiny]))
    wish = TaskWish("segmentation", ("1=anterior", "2=posterior"), recipe="tiny")
    session = new_project(folder / "project", "Phantoms", [wish], extensions)
    add_cases(session, Source(cohort.images, cohort.labels), Silent())
    return session


def test_a_reader_corrects_accepts_and_sees_the_list_ranked_anew(docks, qtbot, tmp_path):
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_next()
    first = dock.desk.reading.opened.case.name
    dock.layers.label.paint((6, 8, 6), 1)
    dock.panels.training.after.setValue(1)

    with qtbot.waitSignal(dock.training.rounds.round_finished, timeout=120_000):
        dock.panels.reading.accept.click()
    qtbot.waitUntil(lambda: not dock.desk.is_busy, timeout=20_000)
    qtbot.waitUntil(lambda: all(item.score for item in dock.desk.items if item.rank is not None), timeout=20_000)

    assert session.project.cases.get(first).state is CaseState.ACCEPTED
    live = session.project.models.live("segmentation")
    assert live is not None
    assert live.status is ModelStatus.LIVE
    qtbot.waitUntil(lambda: dock.panels.training.versions.rowCount() == 1, timeout=20_000)
    assert dock.panels.training.versions.item(0, 0).text() == "v1"
    assert dock.panels.training.curves.points("loss")
    ranked = [item for item in dock.desk.items if item.rank is not None]
    assert ranked
    assert all(item.score is not None for item in ranked)
    reading = dock.desk.reading
    assert reading.opened.case.name != first
    assert reading.opened.prediction is None, "the case at hand stays as it was opened"
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_next()
    assert dock.desk.reading.opened.prediction is not None
    assert dock.panels.reading.prediction.isEnabled()
    assert "prediction of model v1" in dock.panels.reading.origin.text()


def test_closing_the_viewer_in_the_middle_of_training_ends_within_two_seconds(docks, qtbot, tmp_path):
    session = phantoms(tmp_path, "tests.gui.tiny:ENDLESS")
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    dock.training.rounds.start()
    qtbot.waitUntil(lambda: bool(dock.panels.training.curves.points("loss")), timeout=60_000)

    began = time.monotonic()
    dock.close_down()
    assert time.monotonic() - began < 2.0
    assert not any(thread.name.startswith("medal: ") for thread in threading.enumerate())
    assert session.project.models.all("segmentation") == []
    session.close()  # asking the catalogue has opened it again

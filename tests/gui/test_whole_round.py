from dataclasses import replace
from importlib.metadata import EntryPoint

from napari_medal.catalogue.models import ModelStatus
from napari_medal.core.case import CaseState
from napari_medal.core.progress import Silent
from napari_medal.core.recipe import Recipe
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.session import installed_extensions
from napari_medal.registry import Registry, keeps


def test_a_reader_corrects_accepts_and_sees_the_list_ranked_anew(docks, qtbot, tmp_path):
    cohort = write_phantoms(tmp_path / "cohort", cases=5, seed=1, progress=Silent(), shape=(12, 16, 12))
    for name in ("case_002", "case_003", "case_004"):
        (cohort.labels / f"{name}.nii.gz").unlink()
    tiny = EntryPoint("tiny", "tests.gui.tiny:RECIPE", "napari_medal.recipes")
    extensions = replace(installed_extensions(), recipes=Registry("napari_medal.recipes", keeps(Recipe), [tiny]))
    wish = TaskWish("segmentation", ("1=anterior", "2=posterior"), recipe="tiny")
    session = new_project(tmp_path / "project", "Phantoms", [wish], extensions)
    add_cases(session, Source(cohort.images, cohort.labels), Silent())

    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_next()
    first = dock.desk.reading.opened.case.name
    dock.layers.label.paint((6, 8, 6), 1)
    dock.panels.training.after.setValue(1)

    with qtbot.waitSignal(dock.training.ranking_changed, timeout=120_000):
        dock.panels.reading.accept.click()
    qtbot.waitUntil(lambda: not dock.desk.is_busy, timeout=20_000)

    assert session.project.cases.get(first).state is CaseState.ACCEPTED
    live = session.project.models.live("segmentation")
    assert live is not None
    assert live.status is ModelStatus.LIVE
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

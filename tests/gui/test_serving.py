from napari_medal.catalogue.models import ModelStatus
from napari_medal.core.progress import Silent
from napari_medal.loop.round import retrain
from tests.gui.test_whole_round import phantoms

TASK = "segmentation"


def test_a_reader_goes_back_to_an_earlier_version_with_one_click(docks, qtbot, tmp_path):
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    for _ in range(2):
        retrain(session, TASK, Silent())
    statuses = [version.status for version in session.project.models.all(TASK)]
    live = statuses.index(ModelStatus.LIVE) + 1
    other = 3 - live
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    table, button = dock.panels.training.versions, dock.panels.training.serve
    qtbot.waitUntil(lambda: table.rowCount() == 2, timeout=20_000)
    table.selectRow(2 - other)
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        button.click()
    assert session.project.models.live(TASK).number == other
    assert f"Model v{other} serves; 3 cases predicted anew" in dock.panels.training.outcome.text()
    qtbot.waitUntil(lambda: table.item(2 - other, 1).text() == "live", timeout=20_000)
    assert not button.isEnabled()
    scores = session.project.predictions.by(TASK, other)
    ranked = [item for item in dock.desk.items if item.rank is not None]
    assert ranked
    assert all(item.score == scores[item.case.name].score for item in ranked)


def test_a_version_that_cannot_serve_is_told_and_the_live_one_stays(docks, qtbot, tmp_path):
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    for _ in range(2):
        retrain(session, TASK, Silent())
    live = session.project.models.live(TASK).number
    other = 3 - live
    (session.project.models.get(TASK, other).folder / "member-0.safetensors").write_bytes(b"torn")
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    dock.training.failed.disconnect()
    with qtbot.waitSignal(dock.training.failed, timeout=60_000):
        dock.training.rounds.serve(other)
    assert f"Changing to model v{other} failed: " in dock.panels.training.outcome.text()
    assert session.project.models.live(TASK).number == live

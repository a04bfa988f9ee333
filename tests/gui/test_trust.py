import math

import pytest

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.core.evaluation import Interval
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.gui.panels.growth_plot import GrowthPlot
from napari_medal.gui.panels.trust import TrustPanel
from napari_medal.loop.answers import Reading, accept_file
from napari_medal.loop.reading_mode import set_reading_mode
from tests.gui.test_whole_round import phantoms
from tests.loop.auditing import TASK, go_live, say

DOUBTS = {"case_002": 0.1, "case_003": 0.4, "case_004": 0.3}


@pytest.fixture
def session(tmp_path):
    """Five phantoms, two labelled; three versions, and one audit."""
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    labels = [found.identifier for found in session.project.annotations.current(TASK).values()]
    labels += [
        session.project.annotations.add(NewAnnotation("case_000", TASK, "ann", accepted=False)).identifier
        for _ in range(4)
    ]
    for number, figure in enumerate((0.6, 0.7, 0.75), start=1):
        go_live(
            session, number, tuple(labels[: 2 * number]), {"dice_mean": Interval(figure, figure - 0.02, figure + 0.02)}
        )
    say(session, 3, **DOUBTS, case_000=0.2)
    drawn = session.project.audits.add(TASK, 1, "case_000", 5)
    session.project.audits.measure(drawn, labels[0], 3, (0.7, 0.8))
    return session


@pytest.fixture
def dock(docks, qtbot, session):
    dock = docks()
    with qtbot.waitSignal(dock.trust.shown, timeout=60_000):
        dock.desk.show_session(session)
    return dock


def test_the_tab_says_how_good_the_model_is(dock):
    panel = dock.panels.training.trust
    said = [sentence.text() for sentence in panel.sentences]
    assert said[0] == "Live model: dice mean 0.750 on 1 random case (v3), too few for an interval."
    assert "8 more ranked and 8 more random corrected cases are wanted" in said[1]
    assert "3 more labels would probably gain 0.0" in said[2]
    assert all(sentence.toolTip() for sentence in panel.sentences)
    assert panel.details.isEnabled()


def test_the_window_shows_curves_and_the_worst_predictions_first(dock, qtbot):
    dock.panels.training.trust.details.click()
    dialog = dock.trust.dialog
    assert dialog is not None
    assert [dialog.table.item(row, 0).text() for row in range(3)] == ["case_003", "case_004", "case_002"]
    assert dialog.table.item(0, 2).text() == "too few audits"
    assert dialog.growth.points.getData()[0].tolist() == [2, 4, 6]
    assert dialog.growth.band.isVisible()
    assert not dialog.quality.band.isVisible()  # one audit makes no range
    assert dialog.quality.points.getData()[1].tolist() == [0.75]
    assert "A range for 90% of the cases needs at least 9 audits; there is 1." in dialog.sentences.text()
    dock.panels.training.trust.details.click()
    assert dock.trust.dialog is dialog
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dialog.table.activated.emit(dialog.table.model().index(1, 0))
    assert dock.desk.reading.opened.case.name == "case_004"


def test_what_is_accepted_is_looked_at_anew(dock, qtbot, session, tmp_path):
    dock.panels.training.trust.details.click()
    mask = tmp_path / "cohort" / "labels" / "case_000.nii.gz"
    drawn = session.project.audits.add(TASK, 2, "case_003", 3)
    accept_file(session, TASK, "case_000", mask, Reading("ann"))
    session.project.audits.measure(
        drawn, session.project.annotations.current(TASK)["case_000"].identifier, 3, (0.5, 0.5)
    )
    with qtbot.waitSignal(dock.trust.shown, timeout=60_000):
        dock.desk.refresh()
    assert "0.625" in dock.panels.training.trust.sentences[0].text()
    assert dock.trust.dialog.quality.points.getData()[1].tolist() == [0.75, 0.5]


def test_a_second_read_shows_nothing_of_single_predictions(dock, session):
    set_reading_mode(session, TASK, ReadingMode.SECOND_READ)
    dock.trust.open(dock)
    dialog = dock.trust.dialog
    assert dialog.table.rowCount() == 0
    assert not dialog.table.isVisibleTo(dialog)
    assert "not shown" in dialog.blind.text()
    dialog.reject()
    assert dock.trust.dialog is None


def test_a_failure_is_told_and_another_project_starts_anew(docks, qtbot, session, monkeypatch):
    dock = docks()
    dock.trust.failed.disconnect()
    session.project.audits.add(TASK, 2, "case_003", 3)
    session.project.audits.measure(session.project.audits.all(TASK)[1], 1, 3, (0.5,))  # one label of two
    with qtbot.waitSignal(dock.trust.failed, timeout=60_000):
        dock.desk.show_session(session)
    assert not dock.panels.training.trust.details.isEnabled()
    assert dock.trust.dialog is None


def test_a_panel_without_sentences_is_empty(qtbot):
    panel = TrustPanel()
    qtbot.addWidget(panel)
    panel.show_sentences(("one", "two", "three"))
    panel.show_sentences(())
    assert not any(sentence.text() for sentence in panel.sentences)
    assert not panel.details.isEnabled()


def test_a_band_whose_ends_are_not_known_is_not_drawn(qtbot):
    plot = GrowthPlot()
    qtbot.addWidget(plot)
    plot.show_band([1.0, 2.0], [0.5, 0.6], [0.4, 0.5], [0.6, 0.7])
    assert plot.band.isVisible()
    plot.show_band([1.0, 2.0], [0.5, 0.6], [math.nan] * 2, [math.nan] * 2)
    assert not plot.band.isVisible()
    assert plot.line.getData()[1].tolist() == [0.5, 0.6]

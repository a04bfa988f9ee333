from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_medal.catalogue.models import ModelStatus, ModelVersion
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.dataset import ExportReport
from napari_medal.core.evaluation import Interval
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.progress import CurvePoint
from napari_medal.core.score import CaseScore
from napari_medal.gui.panels.export import AskedExport, ExportPanel, Format
from napari_medal.gui.panels.reading import ReadingPanel
from napari_medal.gui.panels.training import TrainingPanel
from napari_medal.gui.panels.work_list import WorkListPanel
from napari_medal.gui.rounds import news
from napari_medal.loop.jobs import JobProgress
from napari_medal.loop.ranking import WorkItem
from napari_medal_plugins.classification.panel import ClassPanel


def item(name: str, rank: int | None, state: CaseState, uncertainty: float | None) -> WorkItem:
    score = None if uncertainty is None else CaseScore(uncertainty, (uncertainty,), (), "edge unsure")
    return WorkItem(rank, Case(name, name, Split.UNDRAWN, state, ()), score, "edge unsure", "2 structures", "")


ITEMS = [
    item("b", 1, CaseState.PREDICTED, 0.2),
    item("a", 2, CaseState.PREDICTED, 0.9),
    *(item(f"c{rank}", rank, CaseState.NEW, None) for rank in range(3, 12)),
    item("z", None, CaseState.ACCEPTED, 0.1),
]


def shown(panel: WorkListPanel) -> list[str]:
    return [panel.proxy.index(row, 1).data() for row in range(panel.proxy.rowCount())]


@pytest.fixture
def work_list(qtbot) -> WorkListPanel:
    panel = WorkListPanel()
    qtbot.addWidget(panel)
    panel.show_items(ITEMS)
    return panel


def test_the_list_is_in_ranked_order_with_the_rest_behind(work_list):
    assert shown(work_list) == ["b", "a", *(f"c{rank}" for rank in range(3, 12)), "z"]
    assert work_list.counts.text() == "1 of 12 accepted"


def test_the_list_sorts_numbers_as_numbers(work_list):
    work_list.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert shown(work_list)[:3] == ["a", "b", "z"]


def test_a_reason_comes_with_its_figures_when_pointed_at(work_list):
    figured = replace(ITEMS[0], numbers=(("uncertainty", 0.3125), ("seconds", 64.0)))
    work_list.show_items([figured, ITEMS[1]])
    tips = [work_list.proxy.index(row, 2).data(Qt.ItemDataRole.ToolTipRole) for row in range(2)]
    assert tips == ["edge unsure\nuncertainty 0.312, seconds 64", "edge unsure"]


def test_the_list_filters_by_state_and_by_text(work_list):
    work_list.states.setCurrentText("accepted")
    assert shown(work_list) == ["z"]
    work_list.states.setCurrentIndex(0)
    work_list.search.setText("C1")
    assert shown(work_list) == ["c10", "c11"]


def test_enter_and_double_click_ask_for_the_case(work_list, qtbot):
    work_list.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    work_list.table.setCurrentIndex(work_list.proxy.index(0, 0))
    with qtbot.waitSignal(work_list.open_requested) as asked:
        qtbot.keyClick(work_list.table, Qt.Key.Key_Return)
    assert asked.args == ["a"]
    with qtbot.waitSignal(work_list.open_requested) as asked:
        work_list.table.doubleClicked.emit(work_list.proxy.index(1, 2))
    assert asked.args == ["b"]


def test_the_selection_survives_a_new_ranking(work_list):
    work_list.select("c5")
    work_list.show_items([*ITEMS[3:], *ITEMS[:3]])
    assert work_list.selected() == "c5"


def test_the_reading_panel_waits_for_a_case(qtbot):
    panel = ReadingPanel()
    qtbot.addWidget(panel)
    assert not panel.accept.isEnabled()
    assert not panel.skip.isEnabled()
    assert panel.next.isEnabled()
    with qtbot.waitSignal(panel.next_requested):
        panel.next.click()


def test_holding_the_button_hides_the_label(qtbot):
    panel = ReadingPanel()
    qtbot.addWidget(panel)
    heard: list[bool] = []
    panel.label_hidden.connect(heard.append)
    panel.hide_label.setEnabled(True)
    panel.hide_label.pressed.emit()
    panel.hide_label.released.emit()
    assert heard == [True, False]


def test_the_clock_shows_minutes_and_seconds(qtbot):
    panel = ReadingPanel()
    qtbot.addWidget(panel)
    panel.show_seconds(125.9)
    assert panel.clock.text() == "2:05"


def version(number: int, status: ModelStatus, dice: float) -> ModelVersion:
    metrics = {"dice_mean": Interval(dice, dice - 0.1, dice + 0.1)}
    when = datetime(2026, 1, 2, tzinfo=UTC)
    return ModelVersion(
        "segmentation", number, "unet", status, "No worse.", when, 1.0, None, Path(), None, metrics, frozenset({1, 2})
    )


@pytest.fixture
def training(qtbot) -> TrainingPanel:
    panel = TrainingPanel()
    qtbot.addWidget(panel)
    panel.show_project(3)
    return panel


def test_a_training_shows_its_curves_and_gives_the_button_back(training, qtbot):
    with qtbot.waitSignal(training.retrain_requested):
        training.retrain.click()
    training.show_started("Retraining")
    assert not training.retrain.isEnabled()
    assert training.curves.isHidden()
    training.show_point(CurvePoint("loss", 10, 0.5))
    assert not training.curves.isHidden()
    training.show_point(CurvePoint("validation", 10, 0.7))
    assert training.curves.points("loss") == [(10, 0.5)]
    training.job.show_progress(JobProgress(5, 10, "Training", 40.0))
    assert "about 40 s left" in training.job.text.text()
    training.show_ended("Done.")
    assert training.retrain.isEnabled()
    assert training.job.isHidden()


def test_versions_are_listed_newest_first_with_the_reason(training):
    training.show_versions([version(1, ModelStatus.RETIRED, 0.8), version(2, ModelStatus.LIVE, 0.84)])
    assert [training.versions.item(row, 0).text() for row in range(2)] == ["v2", "v1"]
    assert "dice mean 0.84 [0.74, 0.94]" in training.versions.item(0, 2).text()
    assert "No worse." in training.versions.item(0, 0).toolTip()
    assert training.outcome.text() == "Model v2: No worse."


def test_an_earlier_version_is_asked_for_by_a_button(training, qtbot):
    versions = [version(1, ModelStatus.RETIRED, 0.8), version(2, ModelStatus.LIVE, 0.84)]
    training.show_versions(versions)
    assert not training.serve.isEnabled()
    training.versions.selectRow(0)
    assert not training.serve.isEnabled(), "it is live already"
    assert "serves already" in training.serve.toolTip()
    training.versions.selectRow(1)
    assert training.serve.text() == "Use model v1"
    with qtbot.waitSignal(training.serve_requested) as asked:
        training.serve.click()
    assert asked.args == [1]
    training.show_started("Changing to model v1")
    assert not training.serve.isEnabled()
    training.show_ended("Model v1 serves.")
    training.show_versions([version(1, ModelStatus.LIVE, 0.8), version(2, ModelStatus.RETIRED, 0.84)])
    assert training.versions.chosen.number == 1
    assert not training.serve.isEnabled()
    training.versions.selectRow(0)
    assert training.serve.text() == "Use model v2"


def test_another_project_s_versions_are_not_chosen_by_their_number(training):
    training.show_versions([version(1, ModelStatus.RETIRED, 0.8), version(2, ModelStatus.LIVE, 0.84)])
    training.versions.selectRow(1)
    training.show_versions([replace(version(1, ModelStatus.RETIRED, 0.8), folder=Path("elsewhere"))])
    assert training.versions.chosen is None
    assert not training.serve.isEnabled()


def test_news_of_a_training():
    live, old = version(3, ModelStatus.LIVE, 0.84), version(2, ModelStatus.RETIRED, 0.82)
    assert news(live, old) == "Model v3 is live: validation dice mean 0.84 (+0.02); list re-ranked."
    assert news(version(4, ModelStatus.CANDIDATE, 0.1), live) == "Model v4 is not live. No worse."


FORMATS = (
    Format("nifti", "NIfTI folders", "Writes images/.", "Writes images/.\n\nMore."),
    Format("bids", "BIDS", "Writes raw BIDS.", "Writes raw BIDS."),
)


@pytest.fixture
def exporting(qtbot, tmp_path) -> ExportPanel:
    panel = ExportPanel()
    qtbot.addWidget(panel)
    assert not panel.export.isEnabled()
    panel.show_project(FORMATS, tmp_path)
    return panel


def test_an_export_is_asked_for_and_told_of(exporting, qtbot, tmp_path):
    with qtbot.waitSignal(exporting.export_requested) as asked:
        exporting.export.click()
    assert asked.args == [AskedExport("nifti", tmp_path)]
    exporting.show_started("Exporting")
    assert not exporting.export.isEnabled()
    exporting.show_report(ExportReport(tmp_path, 3, 6))
    assert exporting.outcome.text() == f"Wrote 3 cases in 6 files to {tmp_path}"
    assert exporting.export.isEnabled()
    with qtbot.waitSignal(exporting.folder_requested) as asked:
        exporting.show_folder.click()
    assert asked.args == [tmp_path]
    exporting.folder.line.clear()
    assert not exporting.export.isEnabled()
    assert not exporting.show_folder.isVisibleTo(exporting)


def test_the_format_says_what_it_is_and_choices_go_along(exporting, qtbot, tmp_path):
    assert (exporting.about.text(), exporting.about.toolTip()) == ("Writes images/.", "Writes images/.\n\nMore.")
    exporting.formats.setCurrentIndex(1)
    assert exporting.about.text() == "Writes raw BIDS."
    exporting.answers.setCurrentIndex(1)
    exporting.whole.setChecked(True)
    assert exporting.asked_for() == AskedExport("bids", tmp_path, with_predicted=True, whole_only=True)


def test_doubts_are_shown_and_have_to_be_settled_for_this_very_export(exporting, qtbot, tmp_path):
    exporting.answers.setCurrentIndex(1)
    exporting.export.click()
    exporting.show_started("Exporting")
    exporting.show_doubts(["the reader 'S...' looks like a name", "a.nii.gz"])
    assert exporting.remarks.toPlainText() == "the reader 'S...' looks like a name\na.nii.gz"
    with qtbot.waitSignal(exporting.export_requested) as asked:
        exporting.confirm.click()
    assert asked.args == [AskedExport("nifti", tmp_path, with_predicted=True, confirmed=True)]
    exporting.formats.setCurrentIndex(1)
    assert not exporting.confirm.isVisibleTo(exporting)
    assert not exporting.remarks.isVisibleTo(exporting)


def test_what_a_format_cannot_hold_is_listed(exporting, tmp_path):
    exporting.show_report(ExportReport(tmp_path, 2, 4, left_out=("c: has no series",)))
    assert exporting.outcome.text() == f"Wrote 2 cases in 4 files to {tmp_path}; 1 left out:"
    assert exporting.remarks.toPlainText() == "c: has no series"
    assert not exporting.confirm.isVisibleTo(exporting)


def test_every_control_of_an_export_says_what_it_does(exporting):
    controls = ("formats", "answers", "whole", "export", "show_folder", "remarks", "confirm")
    assert [name for name in controls if not getattr(exporting, name).toolTip()] == []


SCHEME = LabelScheme((LabelClass(4, "benign", "#00ff00"), LabelClass(7, "malignant", "#ff0000")))


def test_the_class_panel_shows_probabilities_and_takes_digits(qtbot):
    panel = ClassPanel()
    qtbot.addWidget(panel)
    panel.show_answer(SCHEME, np.array([0.19, 0.81], dtype=np.float32), 7)
    assert [bar.value() for bar in panel.bars] == [19, 81]
    assert [button.isChecked() for button in panel.buttons] == [False, True]
    with qtbot.waitSignal(panel.class_chosen) as chosen:
        panel.choose(0)
    assert chosen.args == [4]
    with qtbot.assertNotEmitted(panel.class_chosen):
        panel.choose(5)
    with qtbot.waitSignal(panel.class_chosen) as chosen:
        panel.buttons[1].click()
    assert chosen.args == [7]


def test_the_class_panel_starts_without_a_choice(qtbot):
    panel = ClassPanel()
    qtbot.addWidget(panel)
    panel.show_answer(SCHEME, None, 7)
    panel.show_answer(SCHEME, None, None)
    assert not any(button.isChecked() for button in panel.buttons)

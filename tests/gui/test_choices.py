"""What a task asks for, changed in the window at a real dock."""

from dataclasses import replace

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialogButtonBox

from napari_medal.catalogue.settings import load_settings
from napari_medal.core.offered_choices import Offer, OfferedChoices
from napari_medal.core.progress import Silent
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Stage, Verification
from napari_medal.gui.choices_dialog import ChoicesDialog
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.choices_form import ChoicesForm
from napari_medal.gui.panels.roomy_label import RoomyLabel
from napari_medal.loop.round import retrain
from napari_medal.loop.session import Session
from tests.gui.conftest import CLASSIFICATION, SEGMENTATION, label_blocks, make_project, session_of
from tests.gui.test_whole_round import phantoms

TASK = "segmentation"
NOW = TaskChoices("staged", "entropy", 5, Verification.NONE, LearnFrom.ALL, ReadingMode.TRIAGE, 3)
OFFERED = OfferedChoices(
    TASK,
    NOW,
    (
        Offer("random", "Any", "As the dice fall."),
        Offer("staged", "In stages", "Typical ones first."),
        Offer("x", "X", ""),
    ),
    (Offer("entropy", "Entropy", "Doubt of all kinds."), Offer("variance", "Spread", "How far apart.")),
    labels=4,
    verified=1,
    unverified=3,
    has_model=False,
)


def _open(dock: MedalDock, qtbot) -> ChoicesDialog:
    dock.panels.work_list.order.click()
    qtbot.waitUntil(lambda: dock.choices.dialog is not None, timeout=60_000)
    assert dock.choices.dialog is not None
    return dock.choices.dialog


def _choose(dialog: ChoicesDialog, strategy: str = "", measure: str = "") -> None:
    for chooser, name in ((dialog.form.strategy, strategy), (dialog.form.measure, measure)):
        if name:
            chooser.choice.setCurrentIndex(chooser.choice.findData(name))


def _keep(dock: MedalDock, dialog: ChoicesDialog, qtbot) -> None:
    """Press OK, and wait until the list is ranked anew."""
    with qtbot.waitSignals([dock.choices.chosen, dock.desk.list_changed], timeout=60_000):
        dialog.keep.click()
    qtbot.waitUntil(lambda: not dock.desk.is_busy, timeout=20_000)


def _order(dock: MedalDock) -> list[str]:
    return [item.case.name for item in dock.desk.items if item.rank is not None]


def _settings(dock: MedalDock) -> TaskChoices:
    return load_settings(session_of(dock).project.folder).choices(TASK)


# The form


@pytest.fixture
def form(qtbot) -> ChoicesForm:
    form = ChoicesForm(OFFERED)
    qtbot.addWidget(form)
    return form


def test_the_form_shows_what_is_asked_for_and_gives_it_back(form):
    assert form.choices == NOW
    assert form.strategy.choice.currentText() == "In stages"
    assert form.strategy.explained.text() == "Typical ones first."
    assert [form.strategy.choice.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(3)] == [
        "As the dice fall.",
        "Typical ones first.",
        None,
    ]
    assert form.remarks.text() == ""
    for control in (form.strategy.choice, form.measure.choice, form.audits, form.verified, form.taught):
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_every_choice_can_be_changed_and_says_what_comes_of_it(form, qtbot):
    with qtbot.waitSignal(form.changed):
        form.strategy.choice.setCurrentIndex(0)
    assert form.strategy.explained.text() == "As the dice fall."
    form.measure.choice.setCurrentIndex(1)
    form.audits.setValue(0)
    assert form.audits.text() == "No case"
    form.verified.setChecked(True)
    form.taught.setCurrentIndex(1)
    assert form.choices == TaskChoices(
        "random", "variance", 0, Verification.SECOND_READER, LearnFrom.VERIFIED, ReadingMode.TRIAGE, 3
    )
    assert form.remarks.text() == " ".join(OFFERED.remarks_on(form.choices))
    assert "3 labels that are there await a second reader" in form.remarks.text()


def test_another_measure_says_that_the_model_is_asked_anew(qtbot):
    form = ChoicesForm(replace(OFFERED, has_model=True))
    qtbot.addWidget(form)
    form.measure.choice.setCurrentIndex(1)
    assert form.remarks.text() == "The model is asked anew about every case that waits, in the background."


def test_nothing_moves_when_a_longer_sentence_is_shown(qtbot):
    label = RoomyLabel("short", ["a long sentence " * 9])
    qtbot.addWidget(label)
    label.resize(200, 10)
    label.show()
    tall = label.minimumHeight()
    label.show_text("a long sentence " * 9)
    assert label.minimumHeight() == tall == label.heightForWidth(200)
    label.show_text("an even longer sentence " * 9)
    assert label.minimumHeight() == label.heightForWidth(200) > tall
    label.show_text("short")
    assert label.text() == "short"
    assert label.minimumHeight() > tall


# At the dock


def test_the_list_is_ranked_by_what_was_chosen(dock, qtbot):
    dialog = _open(dock, qtbot)
    assert dialog.form.strategy.chosen == "staged"
    _choose(dialog, "first")
    _keep(dock, dialog, qtbot)
    assert dock.choices.dialog is None
    assert _order(dock) == ["case_0", "case_1", "case_2"]
    assert {item.reason for item in dock.desk.items} == {"next by name"}
    assert _settings(dock).strategy == "first"
    again = _open(dock, qtbot)
    assert again.form.strategy.chosen == "first"
    _choose(again, "random")
    _keep(dock, again, qtbot)
    assert {item.reason for item in dock.desk.items} == {"drawn at random"}


def test_cancel_and_an_unchanged_form_leave_the_file_alone(dock, qtbot):
    path = session_of(dock).project.folder / "medal.toml"
    before = path.read_bytes()
    for button in (QDialogButtonBox.StandardButton.Cancel, QDialogButtonBox.StandardButton.Ok):
        dialog = _open(dock, qtbot)
        if button is QDialogButtonBox.StandardButton.Cancel:
            _choose(dialog, "first")
        dialog.findChild(QDialogButtonBox).button(button).click()
        qtbot.waitUntil(lambda: dock.choices.dialog is None)
    assert path.read_bytes() == before


def test_without_a_project_there_is_no_window_and_only_one_with_it(docks, dock, qtbot):
    empty = docks()
    empty.choices.open()
    qtbot.wait(50)
    assert empty.choices.dialog is None
    dock.panels.work_list.order.click()
    dialog = _open(dock, qtbot)
    assert _open(dock, qtbot) is dialog


def test_labels_await_the_second_reader_as_soon_as_one_is_wanted(docks, tmp_path, qtbot):
    folder = make_project(tmp_path, SEGMENTATION)
    label_blocks(folder, "case_0", "case_2")
    dock = docks(folder)
    dock.panels.reading.reader.setText("bob")
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case("case_2")
    assert dock.panels.reading.accept.text() == "Accept"
    qtbot.waitUntil(lambda: dock.panels.export.formats.count() > 0, timeout=20_000)
    dialog = _open(dock, qtbot)
    dialog.form.verified.setChecked(True)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        _keep(dock, dialog, qtbot)
    assert dock.panels.work_list.counts.text() == "2 of 3 accepted, 2 to verify"
    assert [item.stage for item in dock.desk.items if item.rank is None] == [Stage.TO_VERIFY] * 2
    qtbot.waitUntil(lambda: dock.panels.reading.accept.text() == "Verify", timeout=20_000)
    assert dock.panels.export.verified.isVisibleTo(dock.panels.export)
    dialog = _open(dock, qtbot)
    dialog.form.verified.setChecked(False)
    _keep(dock, dialog, qtbot)
    assert dock.panels.work_list.counts.text() == "2 of 3 accepted"
    assert not dock.panels.export.verified.isVisibleTo(dock.panels.export)


def test_what_cannot_be_kept_is_told_in_the_window(dock, qtbot):
    dialog = _open(dock, qtbot)
    (session_of(dock).project.folder / "medal.toml").write_text("name = [", encoding="utf-8")
    _choose(dialog, "first")
    dialog.keep.click()
    qtbot.waitUntil(lambda: "is not valid TOML" in dialog.problem.text(), timeout=20_000)
    assert dialog.problem.isVisibleTo(dialog)
    assert dialog.keep.isEnabled()
    assert session_of(dock).project.settings.choices(TASK).strategy == "staged"


def test_what_changes_elsewhere_while_the_window_is_open_stays(dock, qtbot):
    dialog = _open(dock, qtbot)
    with qtbot.waitSignal(dock.desk.list_changed, timeout=20_000):
        dock.panels.review.mode.mode_requested.emit(ReadingMode.TRIAGE)
    _choose(dialog, "first")
    _keep(dock, dialog, qtbot)
    assert (_settings(dock).strategy, _settings(dock).reading) == ("first", ReadingMode.TRIAGE)


def test_another_task_closes_the_window(docks, tmp_path, qtbot):
    dock = docks(make_project(tmp_path, SEGMENTATION, CLASSIFICATION))
    _open(dock, qtbot)
    with qtbot.waitSignal(dock.desk.list_changed, timeout=20_000):
        dock.desk.choose_task("classification")
    assert dock.choices.dialog is None
    dialog = _open(dock, qtbot)
    _choose(dialog, "first")
    _keep(dock, dialog, qtbot)
    assert _settings(dock).strategy == "staged", "the other task is left alone"


def _with_a_model(docks, qtbot, tmp_path) -> tuple[Session, MedalDock]:
    """A project of phantoms with a first model, in a dock."""
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    retrain(session, TASK, Silent())
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    return session, dock


def test_another_measure_has_the_model_asked_anew(docks, qtbot, tmp_path):
    session, dock = _with_a_model(docks, qtbot, tmp_path)
    before = _scores(session)
    dialog = _open(dock, qtbot)
    _choose(dialog, measure="mean-entropy")
    dialog.form.audits.setValue(0)
    with qtbot.waitSignal(dock.training.rounds.scored, timeout=60_000):
        _keep(dock, dialog, qtbot)
    assert "3 cases predicted anew by model v1" in dock.panels.training.outcome.text()
    after = _scores(session)
    assert after.keys() == before.keys()
    assert all(after[name] != before[name] for name in before)
    qtbot.waitUntil(lambda: not dock.desk.is_busy, timeout=20_000)
    shown = {item.case.name: item.score.uncertainty for item in dock.desk.items if item.rank is not None}
    assert shown == {name: after[name] for name in shown}


@pytest.mark.parametrize("end", [JobRunner.cancel, JobRunner.toggle_pause], ids=["cancelled", "finished"])
def test_while_a_training_runs_choices_are_kept_and_scores_follow_it(docks, qtbot, tmp_path, end):
    session, dock = _with_a_model(docks, qtbot, tmp_path)
    before = _scores(session)
    dock.training.rounds.start()
    dock.training.runner.toggle_pause()
    dialog = _open(dock, qtbot)
    _choose(dialog, "first", "mean-entropy")
    _keep(dock, dialog, qtbot)
    assert dock.training.runner.is_running
    assert _order(dock) == sorted(_order(dock))
    assert _scores(session) == before, "the training goes first"
    with qtbot.waitSignal(dock.training.rounds.scored, timeout=60_000):
        end(dock.training.runner)
    assert not dock.training.runner.is_running
    live = session.project.models.live(TASK).number
    assert all(score != before[name] for name, score in _scores(session, live).items())
    assert _scores(session, live).keys() == before.keys()


def _scores(session: Session, model: int = 1) -> dict[str, float]:
    return {name: found.score.uncertainty for name, found in session.project.predictions.by(TASK, model).items()}

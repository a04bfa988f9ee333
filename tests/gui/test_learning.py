import pytest

from napari_medal.catalogue.settings import load_settings
from napari_medal.core.learning import AS_USUAL, Balance, EnsembleKind, Learning
from napari_medal.core.loss_name import LossName
from napari_medal.core.target import Target
from napari_medal.engine.learning_rates import LearningRates
from napari_medal.gui.learning_dialog import LearningDialog
from napari_medal.gui.panels.learning_form import LearningForm
from tests.gui.test_whole_round import phantoms

TASK = "segmentation"
CHOSEN = Learning(
    loss=LossName.FOCAL,
    ensemble=EnsembleKind.DEEP,
    learning_rate=0.003,
    members=4,
    ema=0.99,
    patience=3,
    dropout=0.25,
    frozen=0.5,
    unfreeze_after=0.3,
    layer_decay=0.3,
    fresh=3.0,
    pseudo_labels=12,
)


@pytest.mark.parametrize("learning", [AS_USUAL, CHOSEN], ids=["usual", "chosen"])
@pytest.mark.parametrize("target", [Target.MASK, Target.CLASS])
def test_the_form_shows_what_is_chosen_and_gives_it_back(qtbot, learning: Learning, target: Target) -> None:
    form = LearningForm(learning, target)
    qtbot.addWidget(form)
    assert form.learning == learning
    assert all(control.native.toolTip() for control in form.rows.values())
    assert ("balance.ratio" in form.rows) is (target is Target.CLASS)


def test_what_a_form_does_not_show_stays(qtbot) -> None:
    learning = Learning(balance=Balance(two_phase=True))
    form = LearningForm(learning, Target.MASK)
    qtbot.addWidget(form)
    form.rows["dropout"].value = 0.1
    assert form.learning == Learning(dropout=0.1, balance=Balance(two_phase=True))


@pytest.fixture
def dialog(docks, qtbot, tmp_path) -> LearningDialog:
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    dock.panels.training.learning.click()
    shown = dock.learning.dialog
    assert shown is not None
    shown.dock = dock  # for the tests
    return shown


def test_what_is_kept_is_in_the_settings(dialog, qtbot):
    dock, folder = dialog.dock, dialog.dock.desk.session.project.folder
    dialog.form.rows["loss"].value = "jaccard"
    with qtbot.waitSignal(dock.learning.told, timeout=20_000):
        dialog.keep.click()
    assert load_settings(folder).tasks[TASK].learning == Learning(loss=LossName.JACCARD)
    assert dock.learning.dialog is None


def test_an_impossible_rate_is_told_and_nothing_is_kept(dialog):
    dialog.form.rows["learning_rate"].value = "fast"
    dialog.keep.click()
    assert "found 'fast'; wanted a number" in dialog.problem.text()
    assert dialog.problem.isVisibleTo(dialog)
    dialog.form.rows["learning_rate"].value = "3"
    dialog.keep.click()
    assert "wanted more than 0 and at most 1" in dialog.problem.text()
    assert dialog.dock.desk.session.project.task_settings(TASK).learning == AS_USUAL


def test_a_learning_rate_is_searched_drawn_and_used(dialog, qtbot):
    runner = dialog.dock.learning.runner
    with qtbot.waitSignal(runner.finished, timeout=120_000):
        dialog.search.click()
        assert not dialog.search.isEnabled()
        assert dialog.job.isVisibleTo(dialog)
    assert dialog.search.isEnabled()
    assert dialog.plot.isVisibleTo(dialog)


def test_the_rate_that_is_marked_goes_into_the_form(dialog):
    dialog.show_rates(LearningRates((1e-4, 1e-3, 1e-2), (1.0, 0.5, 0.9), 1e-3))
    dialog.use.click()
    assert dialog.form.learning.learning_rate == 1e-3
    dialog.show_rates(LearningRates((1e-4, 1e-3), (1.0, 1.5), None))
    assert not dialog.use.isVisibleTo(dialog)
    assert "never fell" in dialog.outcome.text()


def test_another_task_closes_the_window(dialog):
    dock = dialog.dock
    dock.learning.show_task(dock.desk.session, TASK)
    assert dock.learning.dialog is None

"""The dock: builds the panels and what stands behind them, and takes both down."""

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QTimer
from qtpy.QtGui import QKeySequence, QShowEvent
from qtpy.QtWidgets import QShortcut, QSizePolicy, QVBoxLayout, QWidget

from napari_medal.gui.about import AboutDialog
from napari_medal.gui.backstage import Backstage
from napari_medal.gui.desk import Desk
from napari_medal.gui.drops import Drops
from napari_medal.gui.key_sheet import KeySheet
from napari_medal.gui.label_change import LabelChange
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.layout import DockLayout
from napari_medal.gui.looking_ahead import LookingAhead
from napari_medal.gui.messages import tell, tell_problem
from napari_medal.gui.panels.source_form import AskedSource
from napari_medal.gui.presenters.adding import AddingPresenter
from napari_medal.gui.presenters.asking import AskingPresenter
from napari_medal.gui.presenters.association import AssociationPresenter
from napari_medal.gui.presenters.beginning import BeginningPresenter
from napari_medal.gui.presenters.cases import CasesPresenter
from napari_medal.gui.presenters.choices import ChoicesPresenter
from napari_medal.gui.presenters.drawing import DrawingPresenter
from napari_medal.gui.presenters.export import ExportPresenter
from napari_medal.gui.presenters.features import FeaturesPresenter
from napari_medal.gui.presenters.learning import LearningPresenter
from napari_medal.gui.presenters.looks import LooksPresenter
from napari_medal.gui.presenters.model_export import ModelExportPresenter
from napari_medal.gui.presenters.probability import ProbabilityPresenter
from napari_medal.gui.presenters.review import ReviewPresenter
from napari_medal.gui.presenters.revisions import RevisionsPresenter
from napari_medal.gui.presenters.training import TrainingPresenter
from napari_medal.gui.presenters.trust import TrustPresenter
from napari_medal.gui.presenters.verifying import VerifyingPresenter
from napari_medal.gui.presenters.viewing import ViewingPresenter
from napari_medal.gui.presenters.where import WherePresenter
from napari_medal.gui.shortcuts import Key, Shortcuts
from napari_medal.gui.warm_up import warm_up
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari.viewer import Viewer

    from napari_medal.core.annotation import Annotation
    from napari_medal.loop.session import Session

_MIN_WIDTH = 400
_WIDTH = 480


class MedalDock(QWidget):
    """The face of the program in a napari viewer."""

    def __init__(self, viewer: "Viewer", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._window: QObject | None = None
        self.panels = DockLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panels)
        self.setMinimumWidth(_MIN_WIDTH)
        # Else napari puts an empty stretch below.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.worker = Worker()
        self.layers = CaseLayers(viewer, self._on_label_changed)
        self.desk = Desk(self.worker, self.layers)
        self.training = TrainingPresenter(self.panels.training, self.worker)
        self.learning = LearningPresenter(self.worker)
        self.trust = TrustPresenter(self.desk, self.panels.training.trust)
        self.export = ExportPresenter(self.panels.export, self.worker)
        self.model_export = ModelExportPresenter(self.desk, self.worker)
        self.cases = CasesPresenter(self.desk, self.layers, self.panels)
        self.asking = AskingPresenter(self.desk, self.panels.reading)
        self.probability = ProbabilityPresenter(self.desk, self.layers, self.panels.reading, self.worker)
        self.ahead = LookingAhead(self.desk, self.worker)
        self.drawing = DrawingPresenter(self.desk, self.layers, self.panels, self.worker)
        self.features = FeaturesPresenter(self.desk, self.layers, self.panels, self.worker)
        self.where = WherePresenter(self.desk, self.layers, self.panels.reading)
        self.review = ReviewPresenter(
            self.desk, self.layers, self.panels.review, self.worker, self.cases.accept, lambda: self.cases.reader
        )
        self.beginning = BeginningPresenter(self.panels, self.worker)
        self.looks = LooksPresenter(self.desk, self.layers, self.worker)
        self.adding = AddingPresenter(self.desk, self.panels.work_list, self.worker)
        self.association = AssociationPresenter(self.desk, self)
        self.choices = ChoicesPresenter(self.desk, self.panels.work_list, self.training.rounds, self.worker)
        self.drops = Drops(self)
        self.verifying = VerifyingPresenter(self.desk, self.panels.review, self.worker)
        self.revisions = RevisionsPresenter(self.panels.revisions, self.desk, self.layers, self.worker)
        in_panels = (self.training, self.export, self.beginning, self.drawing.tools, self.asking, self.features)
        in_windows = (self.learning, self.looks, self.trust, self.adding, self.model_export, self.association)
        runners = (presenter.runner for presenter in (*in_panels, *in_windows, self.adding.watcher))
        jobs = (self.adding.surveys, *runners)
        hearers = (self.cases, self.revisions, self.review, self.verifying, self.probability, self.features)
        backstage = Backstage(self.worker, self.desk, hearers, jobs)
        self.viewing = ViewingPresenter(self.desk, self.layers, self.panels.viewing, self.worker)
        self._backstage = backstage
        viewing, watcher = self.viewing, self.adding.watcher
        self.destroyed.connect(lambda: viewing.release())  # before the desk is closed: the views may be gone
        self.destroyed.connect(lambda: watcher.end())
        self.destroyed.connect(lambda: backstage.close())  # a bound method would go with the dock
        self.shortcuts = Shortcuts(viewer, self, self._keys())
        self.viewing.attach(lambda: _main_window(self), self.shortcuts.bind_in)
        self._sheet = QShortcut(QKeySequence("?"), self)
        self._connect()

    def open_project(self, folder: Path) -> None:
        """Open a project."""
        warm_up(lambda: len(self._viewer.layers) == 0)
        self.desk.open_project(folder)

    @property
    def is_closed(self) -> bool:
        """Whether the dock has been closed down."""
        return self._backstage.is_closed

    def close_down(self) -> None:
        """Save what is unsaved, cancel the jobs, and let go of the viewer; a second call does nothing."""
        if not self.is_closed:
            self._disconnect()
            self.viewing.close()
            self._backstage.close()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Leave most of the window to the images."""
        return QSize(_WIDTH, 900)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Hear of the end of the window, whoever ends it."""
        if watched is self._window and event.type() == QEvent.Type.Close:
            self.desk.leave()
            QTimer.singleShot(0, self._on_close_asked)
        return bool(super().eventFilter(watched, event))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Watch the window that the dock stands in."""
        super().showEvent(event)
        if not self.is_closed:
            self._watch(_main_window(self))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Hear of being taken out of the viewer."""
        super().changeEvent(event)
        if event.type() != QEvent.Type.ParentChange or self.is_closed:
            return
        if self.parentWidget() is not None:
            self._watch(_main_window(self))
        elif self._window is not None:
            self.close_down()
            self.layers.clear()

    def _connect(self) -> None:
        self.desk.project_opened.connect(self._on_project_opened)
        self.desk.task_changed.connect(self._on_task_changed)
        self.desk.case_accepted.connect(self._on_case_accepted)
        self.training.ranking_changed.connect(self.desk.refresh)
        self.training.told.connect(tell)
        in_windows = (self.learning, self.looks, self.adding, self.model_export, self.choices)
        for teller in (*in_windows, self.verifying, self.beginning, self.desk):
            teller.told.connect(tell)
        self.choices.chosen.connect(self.export.show_choices)
        self.panels.work_list.add_requested.connect(self._on_adding_requested)
        self.drops.project_dropped.connect(self.open_project)
        self.drops.images_dropped.connect(self._on_images_dropped)
        self.drops.refused.connect(tell)
        self.panels.review.looks_requested.connect(self._on_looks_requested)
        self.panels.training.learning_requested.connect(self._on_learning_requested)
        self.panels.training.export_requested.connect(self._on_model_export_requested)
        in_panels = (self.training, self.export, self.revisions, self.review, self.verifying, self.drawing, self.asking)
        aside = (self.trust, self.association, self.probability, self.features)
        for source in (self.desk, *in_panels, *in_windows, *aside):
            source.failed.connect(tell_problem)
        self.features.comparison_requested.connect(self.association.choose)
        self.features.sketches_changed.connect(self.viewing.views.set_sketches)
        self.review.ranges_changed.connect(self.where.show_confirmed)
        self.beginning.project_chosen.connect(self.open_project)
        self.panels.header.new_requested.connect(self.panels.show_new_project)
        self.panels.header.open_requested.connect(self.beginning.choose_project)
        self.panels.header.keys_requested.connect(self._on_keys_requested)
        self.panels.header.about_requested.connect(self._on_about_requested)
        self._sheet.activated.connect(self._on_keys_requested)
        self._sheet.setContext(Qt.ShortcutContext.WindowShortcut)
        self._viewer.cursor.events.position.connect(self._on_activity)
        self._viewer.dims.events.current_step.connect(self._on_activity)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close_down)

    def _disconnect(self) -> None:
        self.shortcuts.release()
        self.where.release()
        self.training.release()
        self.adding.watcher.end()
        self.drawing.release()
        self._viewer.cursor.events.position.disconnect(self._on_activity)
        self._viewer.dims.events.current_step.disconnect(self._on_activity)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.disconnect(self.close_down)
        self._watch(None)

    def _watch(self, window: QObject | None) -> None:
        if self._window is not None:
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)

    def _keys(self) -> tuple[Key, ...]:
        cases, tools = self.cases, self.drawing.tools
        return (
            Key("A", "A", "Accept the label and open the next case", cases.accept),
            Key("S", "S", "Skip the case", self.desk.skip),
            Key("N", "N", "Open the next case", self.desk.open_next),
            Key("Shift-V", "Shift+V", "Open the next label to verify", self.verifying.open_next),
            Key("J", "J", "Go to the next place worth looking at", self.where.jump),
            Key("U", "U", "Show or hide the uncertainty", cases.toggle_uncertainty),
            Key("Shift-P", "Shift+P", "Show or hide the prediction", cases.toggle_prediction),
            Key("Shift-H", "Shift+H", "Show or hide the heat map", self.probability.toggle),
            Key("Shift-S", "Shift+S", "Show or hide what the task draws", self.features.toggle_sketches),
            Key("Shift-D", "Shift+D", "Show or hide the differences", self.revisions.toggle_differences),
            Key("H", "H", "Hide the label while held", self._hide_label, self._show_label),
            Key("M", "M", "Ask the model about this case now", self.asking.ask),
            Key("T", "T", "Retrain now", self.training.rounds.start),
            *self.review.keys(),
            Key("Shift-L", "Shift+L", "Show what somebody should look at again", self._on_looks_requested),
            Key("Shift-A", "Shift+A", "Add images to the project", self._on_adding_requested),
            Key("G", "G", "Draw with the lasso, or with the brush again", self.drawing.choose_lasso),
            Key("I", "I", "Fill between the drawn slices", lambda: tools.apply_named("fill-between")),
            Key("Shift-B", "Shift+B", "Copy the label from the slice before", lambda: tools.apply_named("copy-before")),
            Key("Shift-N", "Shift+N", "Copy the label from the next slice", lambda: tools.apply_named("copy-after")),
            Key("R", "R", "Apply the tool that is shown in Draw", tools.apply_chosen),
            *self.viewing.keys(),
        )

    def _hide_label(self) -> None:
        self.layers.set_label_visible(False)

    def _show_label(self) -> None:
        self.layers.set_label_visible(True)

    def _on_project_opened(self, session: "Session") -> None:
        project = session.project
        self.panels.header.show_project(project.settings.name, str(project.folder), list(project.settings.tasks))
        self.panels.show_project()
        self.beginning.note_opened(project.folder)
        self.export.show_project(session)

    def _on_task_changed(self, task: str) -> None:
        if self.desk.session is not None:
            self.training.show_task(self.desk.session, task)
            self.learning.show_task(self.desk.session, task)

    def _on_case_accepted(self, annotation: "Annotation") -> None:
        """Count what is new to learn from: a label that was verified as it is teaches nothing more."""
        if annotation.verified is None or annotation.verified.changed:
            self.training.rounds.note_accepted()

    def _on_label_changed(self, change: LabelChange) -> None:
        self.desk.note_change(change)
        self.features.note_change()

    def _on_activity(self) -> None:
        self.desk.note_activity()

    def _on_learning_requested(self) -> None:
        self.learning.open(self)

    def _on_model_export_requested(self, number: int) -> None:
        self.model_export.open(number, self)

    def _on_looks_requested(self) -> None:
        self.looks.open(self)

    def _on_adding_requested(self) -> None:
        self.adding.open(self)

    def _on_images_dropped(self, asked: AskedSource) -> None:
        if self.desk.session is None:
            self.beginning.begin_with(asked.images)
        else:
            self.adding.open(self, asked)

    def _on_keys_requested(self) -> None:
        self._show_dialog(KeySheet(self.shortcuts.keys, self))

    def _on_about_requested(self) -> None:
        self._show_dialog(AboutDialog(self))

    def _show_dialog(self, dialog: QWidget) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def _on_close_asked(self) -> None:
        """Close with the window, unless its user has thought better of it."""
        if isinstance(self._window, QWidget) and not self._window.isVisible():
            self.close_down()


def _main_window(widget: QWidget) -> QWidget:
    """Return the outermost parent; unlike `window()` it is the viewer's window even for a floating dock."""
    parent = widget.parentWidget()
    return widget if parent is None else _main_window(parent)

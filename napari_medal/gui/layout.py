"""The panels of the dock and where they stand."""

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from napari_medal.gui.panels.drawing import DrawingPanel
from napari_medal.gui.panels.export import ExportPanel
from napari_medal.gui.panels.feature_page import FeaturePage
from napari_medal.gui.panels.header import HeaderPanel
from napari_medal.gui.panels.new_project import NewProjectPanel
from napari_medal.gui.panels.reading import ReadingPanel
from napari_medal.gui.panels.review import ReviewPanel
from napari_medal.gui.panels.revisions import RevisionsPanel
from napari_medal.gui.panels.training import TrainingPanel
from napari_medal.gui.panels.viewing import ViewingPanel
from napari_medal.gui.panels.welcome import WelcomePanel
from napari_medal.gui.panels.work_list import WorkListPanel


class DockLayout(QWidget):
    """The header on top; below it the tabs, and under them the case being read, whichever tab is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = HeaderPanel()
        self.welcome = WelcomePanel()
        self.new_project = NewProjectPanel()
        self.work_list = WorkListPanel()
        self.drawing = DrawingPanel()
        self.training = TrainingPanel()
        self.export = ExportPanel()
        self.revisions = RevisionsPanel()
        self.viewing = ViewingPanel()
        self.review = ReviewPanel()
        self.reading = ReadingPanel()
        self.training_page = _scrolling(self.training)
        self.tabs = QTabWidget()
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        for panel, title, tip in (
            (self.work_list, "Cases", "What to read next"),
            (self.drawing, "Draw", "Draw the label and correct it"),
            (self.viewing, "View", "How you look at the case"),
            (self.review, "Review", "What readers think of the case, and the rules"),
            (self.revisions, "History", "What was accepted of this case before"),
            (self.training_page, "Training", "The model and its versions"),
            (self.export, "Export", "Write the dataset"),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(panel, title), tip)
        self._bottom = QWidget()
        self._bottom_layout = QVBoxLayout(self._bottom)
        self._bottom_layout.setContentsMargins(0, 0, 0, 0)
        self._bottom_layout.addWidget(self.reading)
        self._work = QWidget()
        work = QVBoxLayout(self._work)
        work.setContentsMargins(0, 0, 0, 0)
        work.addWidget(self.tabs, 1)
        work.addWidget(self._bottom)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.new_project)
        self._pages.addWidget(self._work)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.header)
        layout.addWidget(self._pages, 1)
        self.task_panel: QWidget | None = None
        self.feature_page: FeaturePage | None = None
        self._is_open = False

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Ask for no height by width: Qt would take that of the narrowest panel, which no small screen has."""
        return False

    def show_new_project(self) -> None:
        """Show what a new project needs."""
        self._pages.setCurrentWidget(self.new_project)

    def leave_new_project(self) -> None:
        """Show what was there before: the panels of an open project, or the welcome."""
        self._pages.setCurrentWidget(self._work if self._is_open else self.welcome)

    def show_project(self) -> None:
        """Show the panels of an open project."""
        self._is_open = True
        self._pages.setCurrentWidget(self._work)

    def show_drawing(self, is_shown: bool) -> None:
        """Show what only a task that draws needs, or hide it."""
        self.tabs.setTabVisible(self.tabs.indexOf(self.drawing), is_shown)

    def set_task_panel(self, panel: QWidget | None) -> None:
        """Put the panel of a task above the case being read, in place of the last one."""
        if self.task_panel is not None:
            self._bottom_layout.removeWidget(self.task_panel)
            self.task_panel.deleteLater()
        self.task_panel = panel
        if panel is not None:
            self._bottom_layout.insertWidget(0, panel)

    def set_feature_page(self, page: FeaturePage | None) -> None:
        """Put what a task reads off its masks into a tab beside "Draw", in place of the last one."""
        if self.feature_page is not None:
            self.tabs.removeTab(self.tabs.indexOf(self.feature_page))
            self.feature_page.deleteLater()
        self.feature_page = page
        if page is not None:
            title = page.panel.windowTitle() or "Figures"
            place = self.tabs.insertTab(self.tabs.indexOf(self.drawing) + 1, page, title)
            self.tabs.setTabToolTip(place, "What is read off the label, beside all other cases")
        self.tabs.setUsesScrollButtons(page is not None)  # in a narrow dock there is no room for one more


def _scrolling(panel: QWidget) -> QScrollArea:
    """Let a tall panel fit a low screen."""
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area

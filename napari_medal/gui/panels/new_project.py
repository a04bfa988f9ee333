"""A project from a folder of images, in a few clicks."""

from dataclasses import dataclass
from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from napari_medal.core.quantity import Quantity
from napari_medal.gui.panels.folder_field import FolderField
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.label_list import LabelList
from napari_medal.gui.panels.quantity_field import QuantityField


@dataclass(frozen=True)
class NewProject:
    """What was asked for; without structures no masks are drawn, without classes none is chosen, and without a quantity
    nothing is measured.
    """  # noqa: D205

    images: Path
    masks: Path | None
    structures: tuple[str, ...]
    classes: tuple[str, ...]
    subject_pattern: str
    folder: Path
    masks_are_drafts: bool = False
    quantity: Quantity | None = None
    is_verified: bool = False


class NewProjectPanel(QWidget):
    """Asks what a project is to hold and what is to be labelled."""

    images_changed = Signal(object)
    """(folder: Path): look what it holds."""
    make_requested = Signal(object)
    """(NewProject)"""
    cancel_requested = Signal()
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = FolderField("Images", "Folder of images", "NIfTI, MetaImage, NRRD, PNG, JPEG or TIFF")
        self.found = QLabel()
        self.masks = FolderField(
            "Masks",
            "None, or a folder",
            "Masks that exist already, or a table of classes or numbers, in their own folder",
        )
        self.drafts = QCheckBox("They are drafts, to be corrected")
        self.drafts.setToolTip("Readers start from them, and nothing learns from them before one is accepted")
        self.draws = QCheckBox("Draw structures")
        self.draws.setToolTip("Each case gets a mask, and a network learns to draw it (segmentation)")
        self.structures = LabelList("structure", ("lesion",))
        self.chooses = QCheckBox("Choose a class for each case")
        self.chooses.setToolTip("Each case gets one class, and a network learns to choose it (classification)")
        self.classes = LabelList("class", ("benign", "malignant"))
        self.measures = QCheckBox("Say a number for each case")
        self.measures.setToolTip("Each case gets one number, and a network learns to say it (regression)")
        self.quantity = QuantityField()
        self.verified = QCheckBox("A second reader verifies each label")
        self.verified.setToolTip(
            "Whatever a reader accepts, another one looks at, corrects if need be, and accepts again; both are kept"
        )
        self.subject = QLineEdit()
        self.subject.setPlaceholderText(r"None, or for example: patient\d+")
        self.subject.setToolTip(
            "Several exams of one patient? A regular expression that finds the patient in a case's name; "
            "exams of one patient are never split between training and validation"
        )
        self.folder = FolderField("Project", "A new folder", "Where the project goes; the images are copied into it")
        self.make = QPushButton("Make the project")
        self.make.setToolTip("Copy the images into the project, check each of them, and open it")
        self.back = QPushButton("Back")
        self.back.setToolTip("Back to the beginning; nothing is made")
        self.job = JobBar(can_pause=False)
        self.problem = QLabel()
        self._suggested = ""
        self.draws.setChecked(True)
        self._lay_out()
        self._connect()
        self._enable()

    def show_survey(self, text: str) -> None:
        """Say what the folder of images holds."""
        self.found.setText(text)

    def show_started(self, title: str) -> None:
        """Show that the project is being made."""
        self.problem.clear()
        self.job.show_started(title)
        self._enable()

    def show_ended(self, problem: str) -> None:
        """Show that no project is being made any more, and why."""
        self.job.show_ended()
        self.problem.setText(problem)
        self._enable()

    def asked_for(self) -> NewProject | None:
        """Return what is asked for; None while something is missing."""
        images, folder = self.images.folder, self.folder.folder
        structures = self.structures.names if self.draws.isChecked() else ()
        classes = self.classes.names if self.chooses.isChecked() else ()
        quantity = self.quantity.quantity if self.measures.isChecked() else None
        if images is None or folder is None or not (structures or classes or quantity):
            return None
        if (self.draws.isChecked() and not structures) or (self.chooses.isChecked() and len(classes) < 2):
            return None
        if self.measures.isChecked() and quantity is None:
            return None
        drafts, subject = self.drafts.isChecked(), self.subject.text().strip()
        verified = self.verified.isChecked()
        return NewProject(images, self.masks.folder, structures, classes, subject, folder, drafts, quantity, verified)

    def _enable(self) -> None:
        is_making = not self.job.isHidden()
        self.structures.setVisible(self.draws.isChecked())
        self.classes.setVisible(self.chooses.isChecked())
        self.quantity.setVisible(self.measures.isChecked())
        self.make.setEnabled(not is_making and self.asked_for() is not None)
        self.back.setEnabled(not is_making)

    def _on_changed(self) -> None:
        self._enable()

    def _on_images_changed(self) -> None:
        images = self.images.folder
        self.found.clear()
        if images is not None:
            if self.folder.line.text() == self._suggested:
                self._suggested = str(images.with_name(f"{images.name}-medal"))
                self.folder.line.setText(self._suggested)
            self.images_changed.emit(images)
        self._enable()

    def _on_make(self) -> None:
        asked = self.asked_for()
        if asked is not None:
            self.make_requested.emit(asked)

    def _connect(self) -> None:
        self.images.changed.connect(self._on_images_changed)
        for source in (self.folder, self.structures, self.classes, self.quantity):
            source.changed.connect(self._on_changed)
        for box in (self.draws, self.chooses, self.measures):
            box.toggled.connect(self._on_changed)
        self.make.clicked.connect(self._on_make)
        self.back.clicked.connect(self.back_requested)
        self.job.cancel_requested.connect(self.cancel_requested)

    def _lay_out(self) -> None:
        title = QLabel("New project")
        title.setStyleSheet("font-size: 15px; font-weight: 600;")
        self.found.setWordWrap(True)
        self.problem.setWordWrap(True)
        self.make.setMinimumHeight(32)
        self.back.setMinimumHeight(32)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow("Images", self.images)
        form.addRow(self.found)
        form.addRow("What is to be labelled?", self.draws)
        form.addRow(self.structures)
        form.addRow(self.chooses)
        form.addRow(self.classes)
        form.addRow(self.measures)
        form.addRow(self.quantity)
        form.addRow(self.verified)
        form.addRow("Labels that exist already", self.masks)
        form.addRow(self.drafts)
        form.addRow("Patient in a case's name", self.subject)
        form.addRow("Project folder", self.folder)
        inside = QWidget()
        inside.setLayout(form)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back)
        buttons.addWidget(self.make, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(title)
        layout.addWidget(area, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self.job)
        layout.addLayout(buttons)

"""Where more cases come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from napari_medal.gui.panels.folder_field import FolderField
from napari_medal.gui.sentence import sentence

_RECOGNISED = "Recognise it"
_REPAIR_TIP = (
    "Straighten volumes that are tilted or unevenly spaced and put masks on their image's grid, by interpolation; "
    "replace voxels that are no number. Every repair is listed below. Without it such cases are put aside, and the "
    "list says why"
)


@dataclass(frozen=True)
class AskedSource:
    """What is to be added.

    Args:
        images: The folder.
        labels: A folder of masks, or of a table, or the table itself.
        form: Name of the reader of folders; "" for the one that recognises it.
        subject_pattern: Finds the patient in a case's name.
        labels_are_drafts: Whether labels that come along are a start, not an answer.
        repair: Whether what is repairable is repaired.
        pseudonyms: Whether names that come from files are replaced.
        files: Only cases with one of these files; empty for all.
        cases: Only these cases; empty for all.
    """

    images: Path
    labels: Path | None = None
    form: str = ""
    subject_pattern: str = ""
    labels_are_drafts: bool = False
    repair: bool = False
    pseudonyms: bool = False
    files: tuple[Path, ...] = ()
    cases: tuple[str, ...] = ()


class SourceForm(QWidget):
    """Asks where cases come from, and how they are taken."""

    changed = Signal()
    folder_changed = Signal()
    """Another folder, or another kind of folder: look what it holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = FolderField("Images", "Folder of images", "Images in files, DICOM, or a dataset in a known form")
        self.found = QLabel()
        self.found.setWordWrap(True)
        self.found.setToolTip("What the folder holds; nothing is taken before you ask for it")
        self.chosen = QCheckBox()
        self.chosen.setToolTip("Take the cases that you dropped; else everything in the folder")
        self.form = QComboBox()
        self.form.setToolTip("How the folder is arranged; by itself unless you know better")
        self.labels = FolderField(
            "Labels",
            "None but those that come with the images",
            "Masks that exist already, or a table of classes or numbers",
        )
        self.drafts = QCheckBox("They are drafts, to be corrected")
        self.drafts.setToolTip("Readers start from them, and nothing learns from them before one is accepted")
        self.subject = QLineEdit()
        self.subject.setPlaceholderText(r"None, or for example: patient\d+")
        self.subject.setToolTip(
            "A regular expression that finds the patient in a case's name, where the folder does not say it; "
            "exams of one patient are never split between training and validation"
        )
        self.repair = QCheckBox("Repair what can be repaired")
        self.repair.setToolTip(_REPAIR_TIP)
        self.pseudonyms = QCheckBox("Hide the files' names")
        self.pseudonyms.setToolTip(
            "Name cases and patients by pseudonyms, where files are called after patients; those in DICOM are always "
            "hidden"
        )
        self._files: tuple[Path, ...] = ()
        self.show_forms({})
        self._show_files(())
        self._lay_out()
        self.images.changed.connect(self._on_folder_changed)
        self.form.currentIndexChanged.connect(self._on_form_changed)
        for source in (self.labels.changed, self.subject.textChanged):
            source.connect(self.changed)
        for box in (self.chosen, self.drafts, self.repair, self.pseudonyms):
            box.toggled.connect(self.changed)

    def show_forms(self, forms: Mapping[str, str]) -> None:
        """Offer kinds of folders (name to title)."""
        kept = self.form.currentData()
        self.form.blockSignals(True)
        self.form.clear()
        self.form.addItem(_RECOGNISED, "")
        for name, title in forms.items():
            self.form.addItem(sentence(title), name)
        self.form.setCurrentIndex(max(self.form.findData(kept), 0))
        self.form.blockSignals(False)

    def show_source(self, asked: AskedSource) -> None:
        """Fill the form."""
        self.images.show_folder(asked.images)
        self.labels.line.setText("" if asked.labels is None else str(asked.labels))
        self.form.setCurrentIndex(max(self.form.findData(asked.form), 0))
        self.subject.setText(asked.subject_pattern)
        self.drafts.setChecked(asked.labels_are_drafts)
        self.repair.setChecked(asked.repair)
        self.pseudonyms.setChecked(asked.pseudonyms)
        self._show_files(asked.files)
        self.changed.emit()

    def asked_for(self) -> AskedSource | None:
        """Return what is asked for; None without a folder."""
        images = self.images.folder
        if images is None:
            return None
        return AskedSource(
            images=images,
            labels=self.labels.folder,
            form=self.form.currentData(),
            subject_pattern=self.subject.text().strip(),
            labels_are_drafts=self.drafts.isChecked(),
            repair=self.repair.isChecked(),
            pseudonyms=self.pseudonyms.isChecked(),
            files=self._files if self.chosen.isChecked() else (),
        )

    def _show_files(self, files: tuple[Path, ...]) -> None:
        self._files = files
        one = len(files) == 1
        self.chosen.setText(f"Only {files[0].name}" if one else f"Only the {len(files)} files that were dropped")
        self.chosen.setVisible(bool(files))
        self.chosen.setChecked(bool(files))

    def _on_folder_changed(self) -> None:
        self.found.clear()
        self._show_files(())
        self.folder_changed.emit()
        self.changed.emit()

    def _on_form_changed(self) -> None:
        self.folder_changed.emit()
        self.changed.emit()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Images", self.images)
        form.addRow("", self.found)
        form.addRow("", self.chosen)
        form.addRow("Kind of folder", self.form)
        form.addRow("Labels", self.labels)
        form.addRow("", self.drafts)
        form.addRow("Patient in a case's name", self.subject)
        taking = QHBoxLayout()
        taking.addWidget(self.repair)
        taking.addWidget(self.pseudonyms)
        taking.addStretch(1)
        form.addRow("", taking)

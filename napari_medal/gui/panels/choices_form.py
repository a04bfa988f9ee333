"""What a task asks for, as a form."""

from collections.abc import Sequence
from dataclasses import replace

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QCheckBox, QComboBox, QLabel, QSpinBox, QVBoxLayout, QWidget

from napari_medal.core.offered_choices import Offer, OfferedChoices
from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Verification
from napari_medal.gui.panels.roomy_label import RoomyLabel

_MOST = 1000
_TAUGHT = {LearnFrom.ALL: "Every accepted label", LearnFrom.VERIFIED: "Only labels that a second reader has verified"}


class ChoicesForm(QWidget):
    """Shows the choices of a task with what each does, and tells of each change."""

    changed = Signal()

    def __init__(self, offered: OfferedChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered = offered
        self.strategy = _Chooser(offered.strategies, offered.now.strategy)
        self.strategy.choice.setToolTip("What puts the cases that wait in order; kept in medal.toml as strategy")
        self.measure = _Chooser(offered.measures, offered.now.measure)
        self.measure.choice.setToolTip("How the model's doubt is told in a number; kept in medal.toml as measure")
        self.audits = QSpinBox()
        self.audits.setRange(0, _MOST)
        self.audits.setPrefix("One case in ")
        self.audits.setSpecialValueText("No case")
        self.audits.setValue(offered.now.audit_every)
        self.audits.setToolTip("0 draws none; kept in medal.toml as audit_every")
        self.verified = QCheckBox("A second reader verifies each label")
        self.verified.setChecked(offered.now.verification is Verification.SECOND_READER)
        self.verified.setToolTip(
            "Whatever a reader accepts, another one looks at, corrects if need be, and accepts again; both are kept"
        )
        self.taught = QComboBox()
        for which, title in _TAUGHT.items():
            self.taught.addItem(title, which.value)
        self.taught.setCurrentIndex(self.taught.findData(offered.now.learn_from.value))
        self.taught.setToolTip("What models learn from and are judged on, from the next training on")
        self.remarks = RoomyLabel()
        self._lay_out()
        for signal in (
            self.strategy.changed,
            self.measure.changed,
            self.audits.valueChanged,
            self.verified.toggled,
            self.taught.currentIndexChanged,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    @property
    def choices(self) -> TaskChoices:
        """The choices as they are shown; what is not shown stays as it is."""
        return replace(
            self._offered.now,
            strategy=self.strategy.chosen,
            measure=self.measure.chosen,
            audit_every=self.audits.value(),
            verification=Verification.SECOND_READER if self.verified.isChecked() else Verification.NONE,
            learn_from=LearnFrom(self.taught.currentData()),
        )

    def _on_changed(self) -> None:
        chosen = self.choices
        said = list(self._offered.remarks_on(chosen))
        if self._offered.rescores(chosen):
            said.insert(0, "The model is asked anew about every case that waits, in the background.")
        self.remarks.show_text(" ".join(said))
        self.changed.emit()

    def _lay_out(self) -> None:
        audits = RoomyLabel(
            "Such cases tell how good the model is and what ranking is worth; cases that were chosen cannot."
            + ("" if self._offered.has_model else " None is drawn before the first model.")
        )
        layout = QVBoxLayout(self)  # a form layout gives sentences too little room
        layout.setContentsMargins(0, 0, 0, 0)
        for title, *widgets in (
            ("Which case comes next", self.strategy),
            ("What counts as unsure", self.measure),
            ("Drawn at random", self.audits, audits),
            ("Who has the last word", self.verified),
            ("What models learn from", self.taught),
        ):
            name = QLabel(title)
            name.setBuddy(widgets[0])
            layout.addWidget(name)
            for widget in widgets:
                layout.addWidget(widget)
        layout.addWidget(self.remarks)


class _Chooser(QWidget):
    """A choice by title, with the sentence of what is chosen below it."""

    changed = Signal()

    def __init__(self, offers: Sequence[Offer], now: str) -> None:
        super().__init__()
        self._offers = offers
        self.choice = QComboBox()
        for row, offer in enumerate(offers):
            self.choice.addItem(offer.title, offer.name)
            self.choice.setItemData(row, offer.explained or None, Qt.ItemDataRole.ToolTipRole)
        self.choice.setCurrentIndex(self.choice.findData(now))
        self.choice.setMaxVisibleItems(len(offers))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.explained = RoomyLabel(self._said(), (offer.explained for offer in offers))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.choice)
        layout.addWidget(self.explained)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._on_chosen)

    @property
    def chosen(self) -> str:
        """The name of what is chosen."""
        return str(self.choice.currentData())

    def _said(self) -> str:
        return self._offers[self.choice.currentIndex()].explained

    def _on_chosen(self) -> None:
        self.explained.show_text(self._said())
        self.changed.emit()

"""Handing a model version to others' programs."""

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QPushButton, QWidget

if TYPE_CHECKING:
    from napari_medal.catalogue.models import ModelVersion


class ModelExportButton(QPushButton):
    """Asks to export the version that is chosen; off while none is."""

    export_requested = Signal(int)
    """(version number)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Export model…", parent)
        self._number: int | None = None
        self.clicked.connect(self._on_clicked)
        self.show_version(None)

    def show_version(self, version: "ModelVersion | None") -> None:
        """Show which version would be exported; None when none is chosen."""
        self._number = None if version is None else version.number
        self.setEnabled(version is not None)
        self.setText("Export model…" if version is None else f"Export model v{version.number}…")
        self.setToolTip(
            "Choose a model version in the table above to write it as a MONAI bundle, TorchScript or ONNX"
            if version is None
            else f"Write model v{version.number} as a MONAI bundle, TorchScript or ONNX, with its card"
        )

    def _on_clicked(self) -> None:
        if self._number is not None:
            self.export_requested.emit(self._number)

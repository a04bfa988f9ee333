"""Going back to another model version."""

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QPushButton, QWidget

if TYPE_CHECKING:
    from napari_medal.catalogue.models import ModelVersion

_CHOOSE = "Choose a model version in the table above to let it serve in place of the live one"


class ServeButton(QPushButton):
    """Asks to let the version that is chosen serve; off while that one serves already, or none may change."""

    serve_requested = Signal(int)
    """(version number)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Use this version", parent)
        self._number: int | None = None
        self._allowed = True
        self.clicked.connect(self._on_clicked)
        self.show_version(None)

    def show_version(self, version: "ModelVersion | None") -> None:
        """Show which version would serve; None when none is chosen."""
        may = version is not None and version.status.value != "live"
        self._number = version.number if version is not None and may else None
        self.setText("Use this version" if self._number is None else f"Use model v{self._number}")
        if self._number is None:
            self.setToolTip(_CHOOSE if version is None else f"Model v{version.number} serves already")
        else:
            self.setToolTip(
                f"Let model v{self._number} serve from now on: predict and rank with it, and start the next training "
                "from it. No label and no version is lost, and you can go back."
            )
        self._update()

    def allow(self, allowed: bool) -> None:
        """Let it be pressed, or not: versions stay as they are while a model trains."""
        self._allowed = allowed
        self._update()

    def _update(self) -> None:
        self.setEnabled(self._allowed and self._number is not None)

    def _on_clicked(self) -> None:
        if self._number is not None:
            self.serve_requested.emit(self._number)

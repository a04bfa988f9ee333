"""How far to trust the model, in a window of its own."""

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_medal.gui.panels.growth_plot import GrowthPlot
from napari_medal.gui.panels.quality_plot import QualityPlot
from napari_medal.gui.panels.quality_table import QualityTable

if TYPE_CHECKING:
    from napari_medal.loop.trust import Trust

_WIDTH = 860
_BLIND = "Second read: what the model says of single cases is not shown here."


class TrustDialog(QDialog):
    """Shows all that is known of the model's quality; a case in the table can be asked for.

    Args:
        is_blind: Whether nothing may be shown of single predictions.
        parent: Qt parent.
    """

    open_requested = Signal(str)
    """(name of the case)"""

    def __init__(self, is_blind: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("How good it is")
        self.setMinimumWidth(_WIDTH)
        self._is_blind = is_blind
        self.sentences = QLabel()
        self.sentences.setWordWrap(True)
        self.sentences.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentences.setToolTip("What random cases say of the model, what ranking saves, and whether to go on")
        self.growth = GrowthPlot()
        self.quality = QualityPlot()
        self.table = QualityTable()
        self.blind = QLabel(_BLIND)
        self.blind.setVisible(is_blind)
        self.table.setVisible(not is_blind)
        self.table.open_requested.connect(self.open_requested)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip("Close this window")
        buttons.rejected.connect(self.reject)
        plots = QHBoxLayout()
        plots.addWidget(self.growth, 1)
        plots.addWidget(self.quality, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.sentences)
        layout.addLayout(plots, 2)
        layout.addWidget(self.blind)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)

    def show_trust(self, trust: "Trust") -> None:
        """Show what is known by now."""
        said = (*trust.audits.sentences(), trust.worth.in_words, trust.outlook.advice)
        self.sentences.setText("\n".join(said))
        self.growth.show_outlook(trust.outlook)
        self.quality.show_audits(trust.audits)
        self.table.show_qualities({} if self._is_blind else trust.qualities, trust.audits.compared)

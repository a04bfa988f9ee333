"""How a task learns, as a form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from magicgui.widgets import CheckBox, ComboBox, FloatSpinBox, LineEdit, SpinBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFormLayout, QWidget

from napari_medal.core.learning import EnsembleKind, Learning, Sampling, ScheduleName
from napari_medal.core.loss_name import LossName
from napari_medal.core.target import Target
from napari_medal.errors import SettingsError

_TYPED = {"learning_rate": "0.002", "dropout": "0.2"}
"""Numbers that may be left to the recipe, each with an example."""
_FOR_CLASSES = frozenset({Target.CLASS})
_FOR_ALL = frozenset(Target)
_LOSSES: dict[Target, list[LossName]] = {
    Target.MASK: [loss for loss in LossName if loss not in (LossName.ORDINAL, LossName.HUBER)],
    Target.CLASS: [
        LossName.AUTO, LossName.CE, LossName.WEIGHTED_CE, LossName.FOCAL, LossName.BCE, LossName.ORDINAL,
    ],
    Target.VALUE: [LossName.AUTO, LossName.HUBER],
}  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """A choice: a field of `Learning`, or of its `Balance`, and how it is asked."""

    field: str
    title: str
    tip: str
    targets: frozenset[Target] = _FOR_ALL
    choices: tuple[StrEnum, ...] = ()
    most: float = 1.0


_ROWS = (
    _Row("loss", "Loss", "What the network is told about its mistakes", choices=tuple(LossName)),
    _Row("schedule", "Schedule", "How the learning rate runs through a training", choices=tuple(ScheduleName)),
    _Row("learning_rate", "Learning rate", "Its peak, such as 0.002; empty takes the recipe's"),
    _Row(
        "ensemble",
        "Ensemble",
        "Moments of one training, several trainings, or folds of the subjects",
        choices=tuple(EnsembleKind),
    ),
    _Row("members", "Members", "Networks that answer together; 0 takes the recipe's number", most=20),
    _Row(
        "patience",
        "Patience",
        "Stop after so many looks at the validation set without a gain; 0 never stops",
        most=50,
    ),
    _Row("ema", "Running mean", "Keep a running mean of the weights, such as 0.99; 0 keeps the last ones", most=0.9999),
    _Row("dropout", "Dropout", "Share of features left out while training, such as 0.2; empty takes the recipe's"),
    _Row(
        "frozen",
        "Frozen layers",
        "Share of the layers, from the input, that keep the weights they start from",
        most=0.95,
    ),
    _Row("unfreeze_after", "Unfreeze after", "Share of the training after which frozen layers learn too; 1 never"),
    _Row("layer_decay", "First layer learns", "Learning rate of the first layer relative to the last one"),
    _Row(
        "fresh",
        "New labels first",
        "How many times more often a label is drawn that the last model has not seen",
        most=20,
    ),
    _Row(
        "pseudo_labels", "Pseudo-labels", "Unlabelled cases that also count, as the model would label them", most=10_000
    ),
    _Row(
        "balance.sampling",
        "Rare classes",
        "Draw them more often, leave frequent ones out, or neither",
        _FOR_CLASSES,
        tuple(Sampling),
    ),
    _Row(
        "balance.ratio",
        "Most to rarest",
        "How many times more often the most frequent class may be drawn",
        _FOR_CLASSES,
        most=1000,
    ),
    _Row("balance.two_phase", "Second phase", "Fit the last layer again on the cases as they are", _FOR_CLASSES),
    _Row(
        "balance.thresholding",
        "Rid of shares",
        "Divide probabilities by each class's share among the labels",
        _FOR_CLASSES,
    ),
    _Row("balance.cost_weights", "Weigh mistakes", "A mistake on a rare class weighs more", _FOR_CLASSES),
)


class LearningForm(QWidget):
    """Shows the choices of a task, and tells of each change."""

    changed = Signal()

    def __init__(self, learning: Learning, target: Target, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._learning = learning
        self.rows: dict[str, ValueWidget[Any]] = {}
        layout = QFormLayout(self)
        for row in _ROWS:
            if target not in row.targets:
                continue
            control = _control(row, _value(learning, row.field), target)
            control.native.setToolTip(row.tip)
            control.changed.connect(self._on_changed)
            self.rows[row.field] = control
            layout.addRow(row.title, control.native)

    @property
    def learning(self) -> Learning:
        """The choices as they are shown.

        Raises:
            SettingsError: One of them is impossible.
        """
        learning = self._learning
        for name, control in self.rows.items():
            learning = _with(learning, name, _read(control.value, _value(learning, name), name))
        return learning

    def show_rate(self, rate: float) -> None:
        """Put a learning rate in."""
        self.rows["learning_rate"].value = f"{rate:.2g}"

    def _on_changed(self) -> None:
        self.changed.emit()


def _control(row: _Row, value: Any, target: Target) -> ValueWidget[Any]:
    if row.choices:
        members: Sequence[StrEnum] = _LOSSES[target] if row.field == "loss" else row.choices
        return ComboBox(choices=[member.value for member in members], value=str(value.value))
    if row.field in _TYPED:
        line = LineEdit(value="" if value is None else f"{value:g}")
        line.native.setPlaceholderText("the recipe's")
        return line
    if isinstance(value, bool):
        return CheckBox(value=value, text="")
    if value is None or isinstance(value, int):
        control: ValueWidget[Any] = SpinBox(value=value or 0, min=0, max=int(row.most))
    else:
        low = 1.0 if row.most > 1.0 and row.field in ("fresh", "balance.ratio") else 0.0
        decimals = 0.0001 if row.field == "ema" else 0.05
        control = FloatSpinBox(value=value, min=low, max=row.most, step=decimals)
    control.native.setKeyboardTracking(False)
    return control


def _read(shown: Any, before: Any, name: str) -> Any:
    """Turn what a control shows into what the field holds."""
    if name in _TYPED:
        try:
            return float(shown) if str(shown).strip() else None
        except ValueError as error:
            msg = f"learning.{name}: found '{shown}'; wanted a number such as {_TYPED[name]}."
            raise SettingsError(msg) from error
    if name == "members":
        return int(shown) or None
    return type(before)(shown)


def _value(learning: Learning, name: str) -> Any:
    outer, _, inner = name.partition(".")
    held = getattr(learning, outer)
    return getattr(held, inner) if inner else held


def _with(learning: Learning, name: str, value: Any) -> Learning:
    outer, _, inner = name.partition(".")
    if inner:
        return replace(learning, balance=replace(learning.balance, **{inner: value}))
    return replace(learning, **{outer: value})

"""How a network learns: what a person may choose, with defaults that need no choosing."""

from dataclasses import dataclass, replace
from enum import StrEnum

from napari_medal.core.loss_name import LossName
from napari_medal.core.plan import Plan
from napari_medal.errors import SettingsError


def _require(name: str, found: object, holds: bool, wanted: str) -> None:
    if not holds:
        msg = f"learning.{name}: found {found}; wanted {wanted}."
        raise SettingsError(msg)


class ScheduleName(StrEnum):
    """How the learning rate runs through a training."""

    ONE_CYCLE = "one-cycle"
    FLAT_COSINE = "flat-cosine"


class EnsembleKind(StrEnum):
    """Where the members of a model version come from: moments of one training, trainings from several seeds, or
    trainings that each left another fold of the subjects out.
    """  # noqa: D205

    SNAPSHOTS = "snapshots"
    DEEP = "deep"
    FOLDS = "folds"


class Sampling(StrEnum):
    """Which labelled cases of a class a training draws."""

    OVERSAMPLE = "oversample"
    UNDERSAMPLE = "undersample"
    AS_THEY_ARE = "as-they-are"


@dataclass(frozen=True)
class Balance:
    """Remedies for rare classes (Buda, Maki, Mazurowski 2018, Neural Networks 106:249), for tasks that choose a class.

    Args:
        sampling: OVERSAMPLE draws rare classes more often; UNDERSAMPLE leaves cases of frequent ones out.
        ratio: How many times more often the most frequent class may be drawn than the rarest; 1 is full balance.
        two_phase: After the sampled training, fit the last layer alone on the cases as they are, at a tenth of the
            learning rate.
        thresholding: Divide probabilities by the share of each class among the labelled cases, counted before sampling.
        cost_weights: Weigh a class's mistakes by the inverse of its share.
    """

    sampling: Sampling = Sampling.OVERSAMPLE
    ratio: float = 1.0
    two_phase: bool = False
    thresholding: bool = False
    cost_weights: bool = False

    def __post_init__(self) -> None:
        _require("balance.ratio", self.ratio, self.ratio >= 1.0, "1 or more")


@dataclass(frozen=True)
class Learning:
    """The choices of one task.

    Args:
        loss: The loss.
        schedule: How the learning rate runs.
        learning_rate: Its peak; None takes the recipe's.
        ensemble: Where the members come from.
        members: How many; None takes the recipe's.
        ema: Decay of the running mean of the weights that is kept instead of the last ones; 0 keeps the last ones.
        patience: Stop when the validation metric has not risen for so many looks at it; 0 never stops early.
        dropout: Share of features that are dropped while training; over 0, prediction can draw from it too. None takes
            the recipe's.
        frozen: Share of the layers, counted from the input, that keep the weights they start from.
        unfreeze_after: Share of the training after which these learn too; 1 never.
        layer_decay: Learning rate of the first layer relative to the last; 1 treats all alike.
        fresh: How many times more often a label is drawn that the weights to start from have not seen.
        pseudo_labels: Unlabelled cases that a training also takes, with the live model's answers where it is sure.
        balance: What is done about rare classes.
    """

    loss: LossName = LossName.AUTO
    schedule: ScheduleName = ScheduleName.ONE_CYCLE
    learning_rate: float | None = None
    ensemble: EnsembleKind = EnsembleKind.SNAPSHOTS
    members: int | None = None
    ema: float = 0.0
    patience: int = 0
    dropout: float | None = None
    frozen: float = 0.0
    unfreeze_after: float = 1.0
    layer_decay: float = 1.0
    fresh: float = 2.0
    pseudo_labels: int = 0
    balance: Balance = Balance()

    def applied(self, plan: Plan) -> Plan:
        """Return the plan with the members, the learning rate and the dropout that were chosen."""
        return replace(
            plan,
            dropout=plan.dropout if self.dropout is None else self.dropout,
            members=plan.members if self.members is None else self.members,
            learning_rate=plan.learning_rate if self.learning_rate is None else self.learning_rate,
        )

    def __post_init__(self) -> None:
        rate = self.learning_rate
        _require("learning_rate", rate, rate is None or 0.0 < rate <= 1.0, "more than 0 and at most 1")
        _require("members", self.members, self.members is None or 1 <= self.members <= 20, "1 to 20")
        _require("ema", self.ema, 0.0 <= self.ema < 1.0, "0 or more and less than 1")
        _require("patience", self.patience, self.patience >= 0, "0 or more")
        left_out = self.dropout
        _require("dropout", left_out, left_out is None or 0.0 <= left_out < 1.0, "0 or more and less than 1")
        _require("frozen", self.frozen, 0.0 <= self.frozen < 1.0, "0 or more and less than 1")
        _require("unfreeze_after", self.unfreeze_after, 0.0 <= self.unfreeze_after <= 1.0, "0 to 1")
        _require("layer_decay", self.layer_decay, 0.0 < self.layer_decay <= 1.0, "more than 0 and at most 1")
        _require("fresh", self.fresh, self.fresh >= 1.0, "1 or more")
        _require("pseudo_labels", self.pseudo_labels, self.pseudo_labels >= 0, "0 or more")


AS_USUAL = Learning()
"""What needs no choosing."""

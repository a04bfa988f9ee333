"""What a task asks for, as far as it may change while labelling is under way."""

from dataclasses import asdict, dataclass, replace

from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.verification import LearnFrom, Verification
from napari_medal.errors import SettingsError


@dataclass(frozen=True)
class TaskChoices:
    """Everything of a task that a person may choose anew at any time.

    Args:
        strategy: What ranks the waiting cases, by name.
        measure: What counts as unsure, by name.
        audit_every: Every so many cases one is drawn at random, to measure the model; 0 means none.
        verification: Whether a second reader looks at every label.
        learn_from: Which labels teach.
        reading: How the model helps.
        retrain_after: So many accepted cases after which the viewer retrains by itself; 0 means never. It holds for
            all tasks of a project.

    Raises:
        SettingsError: A number is negative.
    """

    strategy: str
    measure: str
    audit_every: int
    verification: Verification
    learn_from: LearnFrom
    reading: ReadingMode
    retrain_after: int

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        for name in ("audit_every", "retrain_after"):
            found = getattr(self, name)
            if found < 0:
                msg = f"{name}: found {found}; wanted 0 or more."
                raise SettingsError(msg)

    def since(self, shown: "TaskChoices", now: "TaskChoices") -> "TaskChoices":
        """Return what holds `now`, with what was chosen here since it was `shown`; other changes meanwhile stay."""
        before, after = asdict(shown), asdict(self)
        return replace(now, **{name: value for name, value in after.items() if value != before[name]})

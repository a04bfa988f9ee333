"""What is said about a model version that leaves the project."""

from dataclasses import dataclass

from napari_medal.core.labels import LabelScheme
from napari_medal.core.plan import Intensities, Plan
from napari_medal.core.target import Target


@dataclass(frozen=True)
class ModelFacts:
    """A model version for people and programs that do not have the project.

    Args:
        name: Of the folder, such as "hippocampus-segmentation-v3".
        project: The project's name.
        task: The task's name.
        target: The form of its answers.
        labels: What they mean.
        number: The version's number.
        recipe: Its recipe.
        plan: How it was planned.
        channels: Names of the channels of an image, in order; "" where nothing says one.
        figures: Its metrics on the validation set, by name, each with its interval, in words.
        card: The model card, as Markdown.
        program: What wrote it, such as "napari-medal 0.1.0".
        whole: Whether images like the project's are answered for in one pass; else window by window.
    """

    name: str
    project: str
    task: str
    target: Target
    labels: LabelScheme
    number: int
    recipe: str
    plan: Plan
    channels: tuple[str, ...]
    figures: dict[str, str]
    card: str
    program: str
    whole: bool

    @property
    def units(self) -> tuple[Intensities | None, ...]:
        """What each channel is normalised with; None for one that is normalised by itself."""
        return (*self.plan.intensities, *(None,) * len(self.channels))[: len(self.channels)]

    @property
    def values(self) -> tuple[int, ...]:
        """What is stored for each output, in order; background comes first where masks are drawn."""
        return (0, *self.labels.values) if self.target is Target.MASK else self.labels.values

    @property
    def names(self) -> tuple[str, ...]:
        """What each output means, in order."""
        if self.labels.quantity is not None:
            return (str(self.labels.quantity),)
        return ("background", *self.labels.names) if self.target is Target.MASK else self.labels.names

    @property
    def spacing_xyz_mm(self) -> tuple[float, float, float] | None:
        """Spacing (x, y, z) that images are resampled to; None keeps their own."""
        if self.plan.spacing_mm is None:
            return None
        z, y, x = self.plan.spacing_mm
        return x, y, z

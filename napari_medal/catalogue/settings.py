"""`medal.toml`: what a project is about; validated, unknown keys refused by name."""

from pathlib import Path
from typing import Annotated, Self

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from tomlkit.exceptions import TOMLKitError

from napari_medal.atomic import write_text_atomic
from napari_medal.core.asking import PLAINLY, Asking
from napari_medal.core.labels import PALETTE, LabelClass, LabelScheme
from napari_medal.core.learning import AS_USUAL, Learning
from napari_medal.core.modality import Modality
from napari_medal.core.plan_changes import AS_PLANNED, PlanChanges
from napari_medal.core.quantity import Quantity
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Verification
from napari_medal.errors import SettingsError

FILE_NAME = "medal.toml"
FORMAT = 1

Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelSettings(_Table):
    """One label of a task."""

    value: int = Field(ge=0, le=255)
    name: str = Field(min_length=1)
    color: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")


class QuantitySettings(_Table):
    """What is measured, in which unit, and the range that it lies in."""

    name: str = Field(min_length=1)
    unit: str = ""
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)


class RuleOutSettings(_Table):
    """Which cases a model may put at the end of the list.

    `threshold` is what they stay under: millilitres of a mask (0.1 where nothing is said), the probability of a class
    (0.05). `positive` names the labels that are looked for; where it is empty, every label of a mask and every class
    but the first.
    """

    threshold: float | None = Field(default=None, ge=0)
    positive: tuple[str, ...] = ()


class TaskSettings(_Table):
    """What is asked of each case, and what answers it; extensions by name.

    A task has `labels` to draw or to choose, or a `quantity` to measure. `reading` is how the model helps,
    `verification` whether a second reader looks at every label, `learn_from` which labels teach, `learning` how a
    model is trained, `asking` how it is asked; `plan` goes before what is planned from the data. Surfaces that lie
    closer than `tolerance_mm` are the same to the surface Dice of a report; about what readers differ by. Every
    `audit_every`-th case is drawn at random, to measure the model; 0 means none.
    """

    labels: tuple[LabelSettings, ...] = ()
    quantity: QuantitySettings | None = None
    recipe: str
    strategy: str
    measure: str
    reading: ReadingMode = ReadingMode.CONCURRENT
    verification: Verification = Verification.NONE
    learn_from: LearnFrom = LearnFrom.ALL
    rule_out: RuleOutSettings = RuleOutSettings()
    learning: Learning = AS_USUAL
    asking: Asking = PLAINLY
    plan: PlanChanges = AS_PLANNED
    tolerance_mm: float = Field(default=2.0, gt=0)
    audit_every: int = Field(default=5, ge=0)

    @model_validator(mode="after")
    def _has_one_meaning(self) -> Self:
        if bool(self.labels) is (self.quantity is not None):
            msg = f"wanted 'labels' or a 'quantity', found {'both' if self.labels else 'neither'}"
            raise ValueError(msg)
        return self

    @property
    def scheme(self) -> LabelScheme:
        """The labels, or the quantity, as the rest of the program knows them."""
        classes = tuple(LabelClass(label.value, label.name, label.color.lower()) for label in self.labels)
        found = self.quantity
        return LabelScheme(classes, None if found is None else Quantity(found.name, found.unit, found.low, found.high))


class SplitSettings(_Table):
    """Which share of the labelled subjects is kept from training, and the seed of the draw."""

    validation: Share = 0.2
    seed: int = 0


class TrainingSettings(_Table):
    """How models are trained.

    `retrain_after` is the number of accepted cases after which the viewer retrains by itself; 0 means never.
    `memory_gb` caps what training may take, `cache_gb` what prepared cases may take of the disk; without them, what the
    machine has free decides.
    """

    device: str = "auto"
    seed: int = 0
    retrain_after: int = Field(default=3, ge=0)
    memory_gb: float | None = Field(default=None, gt=0)
    cache_gb: float | None = Field(default=None, gt=0)


class ProjectSettings(_Table):
    """The whole of `medal.toml`.

    `modalities` says what each channel is; where it is empty, CT is told by its intensities.
    """

    format: int = FORMAT
    name: str = Field(min_length=1)
    modalities: tuple[Modality, ...] = ()
    tasks: dict[str, TaskSettings] = Field(min_length=1)
    splits: SplitSettings = SplitSettings()
    training: TrainingSettings = TrainingSettings()

    def choices(self, task: str) -> TaskChoices:
        """Return what a task asks for, as far as it may change at any time."""
        found = self.tasks[task]
        return TaskChoices(
            strategy=found.strategy,
            measure=found.measure,
            audit_every=found.audit_every,
            verification=found.verification,
            learn_from=found.learn_from,
            reading=found.reading,
            retrain_after=self.training.retrain_after,
        )


def label_settings(scheme: LabelScheme) -> tuple[LabelSettings, ...]:
    """Write a scheme down as settings."""
    return tuple(LabelSettings(value=c.value, name=c.name, color=c.color) for c in scheme.classes)


def quantity_settings(scheme: LabelScheme) -> QuantitySettings | None:
    """Write down what a scheme measures, if it does."""
    found = scheme.quantity
    if found is None:
        return None
    return QuantitySettings(name=found.name, unit=found.unit, low=found.low, high=found.high)


def palette_color(position: int) -> str:
    """Return the default colour of the label at `position` (from 0)."""
    return PALETTE[position % len(PALETTE)]


def load_settings(folder: Path) -> ProjectSettings:
    """Read and validate the settings of the project in `folder`.

    Raises:
        SettingsError: The file is missing, is not TOML, or holds an unknown key or an impossible value; the
            message names the file and each key.
    """
    path = folder / FILE_NAME
    try:
        data = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except FileNotFoundError as error:
        msg = f"{folder} is not a project: it holds no {FILE_NAME}."
        raise SettingsError(msg) from error
    except (TOMLKitError, UnicodeDecodeError) as error:
        msg = f"{path} is not valid TOML: {error}."
        raise SettingsError(msg) from error
    found = data.get("format")
    if isinstance(found, int) and found > FORMAT:
        msg = f"{path} has format {found}; this napari-medal reads up to {FORMAT}. Install a newer one."
        raise SettingsError(msg)
    try:
        settings = ProjectSettings.model_validate(data)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_in_words(error)}") from error
    for name, task in settings.tasks.items():
        try:
            scheme = task.scheme
            for label in task.rule_out.positive:
                scheme.by_name(label)
        except SettingsError as error:  # values or names that occur twice, names that occur nowhere, an empty range
            key = "labels" if task.labels else "quantity"
            raise SettingsError(f"{path}: 'tasks.{name}.{key}': {error}") from error
    return settings


def save_settings(folder: Path, settings: ProjectSettings) -> None:
    """Write the settings, atomically."""
    document = tomlkit.document()
    document.add(tomlkit.comment("A napari-medal project. Edit with care: unknown keys are refused."))
    held = settings.model_dump(exclude_none=True, mode="json")
    for name, task in settings.tasks.items():
        if task.learning == AS_USUAL:  # a file that people read says nothing that need not be said
            del held["tasks"][name]["learning"]
        if task.asking == PLAINLY:
            del held["tasks"][name]["asking"]
        if task.plan == AS_PLANNED:
            del held["tasks"][name]["plan"]
        if not task.labels:
            del held["tasks"][name]["labels"]
        if task.verification is Verification.NONE:
            del held["tasks"][name]["verification"]
        if task.learn_from is LearnFrom.ALL:
            del held["tasks"][name]["learn_from"]
    if not settings.modalities:
        del held["modalities"]
    for key, value in held.items():
        document.add(key, value)
    write_text_atomic(folder / FILE_NAME, tomlkit.dumps(document))


def _in_words(error: ValidationError) -> str:
    """Say what is wrong with each key."""
    complaints = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            complaints.append(f"unknown key '{key}'")
        elif item["type"] == "value_error":  # of a whole table, which is too long to show
            complaints.append(f"'{key}': {item['ctx']['error']}")
        else:
            complaints.append(f"'{key}': {item['msg'].lower()} (found {item['input']!r})")
    return "; ".join(complaints) + "."

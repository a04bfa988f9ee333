"""A page about a model version: what it learnt from, how good it is, and what it is not for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from napari_medal.core.case import Split
from napari_medal.core.evaluation import Interval
from napari_medal.core.learning import AS_USUAL
from napari_medal.core.plan import Plan
from napari_medal.export.markdown_table import markdown_table
from napari_medal.loop.calibration import Calibration
from napari_medal.loop.evaluation_table import CSV_NAME, EvaluationTable, LabelLesions
from napari_medal.loop.figure_names import figure_name, figure_text
from napari_medal.loop.training_record import TrainingRecord

FILE_NAME = "model_card.md"
_FEW = 10


@dataclass(frozen=True)
class SplitCount:
    """How many subjects and cases a split holds, and how many of the cases are labelled."""

    subjects: int
    cases: int
    labelled: int


@dataclass(frozen=True)
class CardFacts:
    """What the page tells. None of it names a case, a subject or a reader.

    Args:
        task: The task's name.
        labels: Names of the labels, or what is measured.
        number: The version's number.
        written_at: When it was trained.
        recipe: Its recipe.
        plan: How the recipe was planned.
        device: What it was trained on.
        seconds: How long that took.
        started_from: The version whose weights it began with; None for random ones.
        record: How it learnt, and what is known of that.
        split_seed: Seed of the draw of the validation set.
        programs: Name and version of what trained it.
        splits: The project's cases by split.
        training: Label revisions that it was trained on.
        validation: Label revisions that it was judged on.
        reason: What the gate said.
        metrics: The task's own metrics.
        table: Every figure; None without a validation set.
        calibration: What tempers its probabilities; None without a validation set.
    """

    task: str
    labels: Sequence[str]
    number: int
    written_at: datetime
    recipe: str
    plan: Plan
    device: str
    seconds: float
    started_from: int | None
    record: TrainingRecord
    split_seed: int
    programs: Mapping[str, str]
    splits: Mapping[Split, SplitCount]
    training: Sequence[int]
    validation: Sequence[int]
    reason: str
    metrics: Mapping[str, Interval]
    table: EvaluationTable | None
    calibration: Calibration | None


def card_text(facts: CardFacts) -> str:
    """Return the page as Markdown."""
    sections = [
        _head(facts),
        _data(facts),
        _training(facts),
        _figures(facts),
        _lesions(facts),
        _confusion(facts),
        _calibration(facts),
        _limits(facts),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(facts: CardFacts) -> str:
    return (
        f"# Model {facts.number} for {facts.task}\n\n"
        f"Labels: {', '.join(facts.labels)}. Written by the program on {facts.written_at:%Y-%m-%d %H:%M} UTC.\n\n"
        "**Intended use:** research and dataset curation, not a medical device. It proposes labels that a person "
        "corrects; no decision about a patient may rest on it.\n\n"
        f"**At the gate:** {facts.reason}"
    )


def _data(facts: CardFacts) -> str:
    rows = [
        (split.value, str(count.subjects), str(count.cases), str(count.labelled))
        for split, count in facts.splits.items()
        if count.cases
    ]
    table = markdown_table(("split", "subjects", "cases", "labelled"), rows)
    return (
        f"## Data\n\n{table}\n\nNo subject is in two splits. Nobody is named here; the project's catalogue knows whose "
        f"the label revisions are.\n\n- Trained on {len(facts.training)} label revisions: {_numbers(facts.training)}\n"
        f"- Judged on {len(facts.validation)} label revisions: {_numbers(facts.validation)}"
    )


def _training(facts: CardFacts) -> str:
    start = "random weights" if facts.started_from is None else f"the weights of model {facts.started_from}"
    programs = ", ".join(f"{name} {version}" for name, version in facts.programs.items())
    held = {name: value for name, value in asdict(facts.plan).items() if name != "value_scale" or value is not None}
    held["particulars"] = "; ".join(facts.plan.particulars.words) or "none"
    plan = [(name.replace("_", " "), _plain(value)) for name, value in held.items()]
    record = facts.record
    chosen = {name: value for name, value in asdict(record.learning).items() if value != asdict(AS_USUAL)[name]}
    learning = "".join(f"\n- {name.replace('_', ' ')}: {_plain(value)}" for name, value in chosen.items())
    return (
        f"## Training\n\nRecipe `{facts.recipe}`, from {start} ({record.began_with}), on {facts.device}, in "
        f"{facts.seconds:.0f} s. Seed {record.seed}; seed of the splits {facts.split_seed}. Made with {programs}.\n\n"
        f"It learnt as usual{' but for:' + learning if learning else '.'}\n\n{_pseudo_labels(record)}"
        f"{markdown_table(('plan', 'value'), plan)}{_cross_validation(record)}"
    )


def _pseudo_labels(record: TrainingRecord) -> str:
    if not record.pseudo_labelled:
        return ""
    models = ", ".join(str(number) for number in sorted({label.model for label in record.pseudo_labelled}))
    return (
        f"It also learnt from {len(record.pseudo_labelled)} cases as model {models} would label them. No reader has "
        "seen these answers; they are no labels of the project and are in no dataset.\n\n"
    )


def _cross_validation(record: TrainingRecord) -> str:
    if not record.cross_validation:
        return ""
    rows = [(name.replace("_", " "), str(interval)) for name, interval in record.cross_validation.items()]
    return (
        f"\n\nEach member left a fold of the subjects out, and was judged on it:\n\n"
        f"{markdown_table(('metric of the members', 'value'), rows)}"
    )


def _figures(facts: CardFacts) -> str:
    if facts.table is None:
        return "## Figures\n\nNone: no labelled subject was in the validation set."
    table = facts.table
    rows = [
        (figure.label or "all", figure_name(figure), figure_text(figure), str(figure.cases)) for figure in table.figures
    ]
    metrics = [(name.replace("_", " "), str(interval)) for name, interval in facts.metrics.items()]
    return (
        f"## Figures\n\nOn {table.cases} validation cases of {table.subjects} subjects, each with its 95 % interval. "
        f"A label that neither reader nor model has in a case does not count there. `{CSV_NAME}` has every case.\n\n"
        f"{markdown_table(('metric of the gate', 'value'), metrics)}\n\n"
        f"{markdown_table(('label', 'metric', 'value', 'cases'), rows)}"
    )


def _lesions(facts: CardFacts) -> str:
    if facts.table is None:
        return ""
    rows = [row for lesions in facts.table.lesions for row in _lesion_rows(lesions)]
    if not rows:
        return ""
    table = markdown_table(("label", "size", "found", "missed", "false"), rows)
    return (
        "## By size\n\nConnected parts of each label; one is found when the model touches it. The size is the "
        f"diameter of the ball of its volume.\n\n{table}"
    )


def _lesion_rows(lesions: LabelLesions) -> list[tuple[str, ...]]:
    return [
        (lesions.label, count.size, str(count.found), str(count.missed), str(count.false))
        for count in lesions.counts
        if count.found + count.missed + count.false
    ]


def _confusion(facts: CardFacts) -> str:
    if facts.table is None or not facts.table.confusion:
        return ""
    labels = facts.table.labels
    rows = [(label, *map(str, row)) for label, row in zip(labels, facts.table.confusion, strict=True)]
    return f"## Which class was taken for which\n\n{markdown_table(('true, down; said, across', *labels), rows)}"


def _calibration(facts: CardFacts) -> str:
    found = facts.calibration
    if found is None:
        return ""
    text = f"## Calibration\n\n{found.reason}"
    if found.error_before == found.error_before:
        text += (
            f"\n\nTemperature {found.temperature:.2f}; {found.answers} answers of {found.subjects} subjects. Expected "
            f"calibration error {found.error_before:.3f} before, {found.error_after:.3f} after, on subjects that the "
            "temperature was not fitted on."
        )
    return text


def _limits(facts: CardFacts) -> str:
    limits = [
        "It knows scanners, protocols and patients like those it was trained on. Of others nothing is known.",
        "The validation set decides which versions serve, and the temperature is fitted on it: figures of a version "
        "chosen so are a little too good. Measure the final model on subjects that no round has seen.",
        "The truth is one reader's label, often a corrected prediction; a reader who starts from one may agree with "
        "it too much.",
    ]
    subjects = 0 if facts.table is None else facts.table.subjects
    if subjects < _FEW:
        limits.append(
            f"{subjects} validation subjects are few: intervals by resampling are too narrow below about {_FEW}, and "
            "rare failures have not been seen."
        )
    return "## Limits\n\n" + "\n".join(f"- {limit}" for limit in limits)


def _numbers(identifiers: Sequence[int]) -> str:
    return ", ".join(map(str, sorted(identifiers))) or "none"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_plain(part)}" for name, part in value.items())
    if isinstance(value, tuple | list):
        nested = any(isinstance(part, tuple | list) for part in value)
        return (", " if nested else " x ").join(map(_plain, value))
    if isinstance(value, float):
        return f"{value:.4g}"
    return "the image's own" if value is None else str(value)

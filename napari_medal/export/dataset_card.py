"""A page about a dataset, in the form that Hugging Face reads: what it holds, how it was made, what it is not for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from napari_medal.catalogue.models import ModelStatus, ModelVersion
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Split
from napari_medal.core.dataset import Dataset
from napari_medal.core.target import Target
from napari_medal.export.markdown_table import markdown_table
from napari_medal.export.measuring import CaseSizes
from napari_medal.export.program import NOTE, program
from napari_medal.export.provenance import Provenance

CARD_NAME = "README.md"
OTHER_CARD_NAME = "DATASET_CARD.md"
"""Its name where the format has a README.md of its own."""

_CATEGORIES = {Target.MASK: "image-segmentation", Target.CLASS: "image-classification", Target.VALUE: "other"}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))
_LIMITS = (
    "The readers chose what to label with a model's help, so that hard cases may be more frequent than in the clinic.",
    "A label that was corrected from a model's answer may agree with that model more than it should.",
    "Splits never cut through a subject. Where subjects are undrawn, draw splits by subject, not by case.",
    "Texts can be checked for what looks like a name, a date or a record number; faces and text in pixels cannot.",
)


def card_text(dataset: Dataset, provenance: Provenance, sizes: Sequence[CaseSizes]) -> str:
    """Return the page as Markdown; `sizes` are those of the cases, in order. Equal datasets get equal pages."""
    sections = [
        _front(dataset),
        _head(dataset, provenance),
        _cases(dataset, provenance),
        _images(dataset, sizes),
        *(_task(dataset, name, provenance, sizes) for name in dataset.tasks),
        "## Limits\n\n" + "\n".join(f"- {limit}" for limit in _LIMITS),
        "## Licence\n\nTo be filled in by the dataset's owner, here and at the head of this file.",
    ]
    return "\n\n".join(sections) + "\n"


def _front(dataset: Dataset) -> str:
    """Return the YAML that programs read."""
    size = next((text for limit, text in _SIZES if len(dataset.cases) < limit), "n>100K")
    categories = sorted({_CATEGORIES[task.target] for task in dataset.tasks.values()})
    lines = [
        "---",
        f'pretty_name: "{dataset.name.replace(chr(34), chr(39))}"',
        "license: other",
        "license_name: to-be-filled-in-by-its-owner",
        "task_categories:",
        *(f"- {category}" for category in categories),
        "tags:",
        "- medical",
        "- napari-medal",
        "size_categories:",
        f"- {size}",
        "---",
    ]
    return "\n".join(lines)


def _head(dataset: Dataset, provenance: Provenance) -> str:
    written = f"Written by {program()} in the format `{provenance.format_name}`."
    files = (
        "`manifest.json` has the provenance of every label and the SHA-256 of every file; `napari-medal verify FOLDER` "
        "compares them."
    )
    return f"# {dataset.name}\n\n{NOTE}\n\n{written} {files}"


def _cases(dataset: Dataset, provenance: Provenance) -> str:
    cases = [case.case for case in dataset.cases]
    rows = []
    for split in Split:
        own = [case for case in cases if case.split is split]
        if own:
            rows.append((split.value, str(len({case.subject for case in own})), str(len(own))))
    undrawn = any(case.split is Split.UNDRAWN for case in cases)
    text = f"{len(cases)} cases of {len({case.subject for case in cases})} subjects.\n\n"
    text += markdown_table(("split", "subjects", "cases"), rows)
    text += "\n\nNo split was drawn for the undrawn subjects." if undrawn else ""
    if provenance.left_out:
        text += (
            f"\n\nAnswers that this format cannot hold, of {len(provenance.left_out)} of these cases and tasks, are not"
            " in it: `left_out` in `manifest.json` says which, and why."
        )
    return f"## Cases\n\n{text}"


def _images(dataset: Dataset, sizes: Sequence[CaseSizes]) -> str:
    names = sorted(
        {" + ".join(name or "unnamed" for name in case.case.channels) or "unnamed" for case in dataset.cases}
    )
    rows = []
    for axis, name in enumerate("zyx"):
        spacing = [size.grid.spacing_mm[axis] for size in sizes]
        length = [size.grid.shape[axis] for size in sizes]
        rows.append((name, _range(spacing, "{:.3g}"), _range(length, "{}")))
    return f"## Images\n\nChannels: {'; '.join(names)}.\n\n{markdown_table(('axis', 'spacing in mm', 'voxels'), rows)}"


@dataclass(frozen=True)
class _Answers:
    """The answers to one task; `firsts` are the labels of other readers that some of the accepted ones verify."""

    accepted: tuple[Annotation, ...]
    predicted: tuple[Annotation, ...]
    firsts: tuple[Annotation, ...]


def _task(dataset: Dataset, name: str, provenance: Provenance, sizes: Sequence[CaseSizes]) -> str:
    found = [case.answers[name] for case in dataset.cases if name in case.answers]
    answers = _Answers(
        tuple(answer for answer in found if answer.accepted),
        tuple(answer for answer in found if not answer.accepted),
        tuple(case.verified[name] for case in dataset.cases if name in case.verified),
    )
    parts = [f"## Task: {name}", _labels(dataset, name, sizes), _making(answers)]
    models = provenance.models.get(name, ())
    live = [model for model in models if model.status is ModelStatus.LIVE]
    if live:
        parts.append(_model(live[0], len(models)))
    if name in provenance.audits:
        parts.append(f"Random audits of the live model: {provenance.audits[name]}")
    return "\n\n".join(parts)


def _labels(dataset: Dataset, name: str, sizes: Sequence[CaseSizes]) -> str:
    """Tell what readers accepted; what models predict is no figure of the dataset."""
    answers = [case.annotations[name] for case in dataset.cases if name in case.annotations]
    task = dataset.tasks[name]
    if task.target is Target.VALUE:
        values = [answer.value for answer in answers if answer.value is not None]
        return f"{task.labels.measured}. {len(values)} cases have it: {_range(values, '{:.4g}')}."
    if task.target is Target.CLASS:
        counts = [
            (label, sum(answer.class_value == label.value for answer in answers)) for label in task.labels.classes
        ]
        return markdown_table(
            ("class", "value", "cases"), [(label.name, str(label.value), str(n)) for label, n in counts]
        )
    accepted = [
        size.volumes_ml[name]
        for case, size in zip(dataset.cases, sizes, strict=True)
        if name in case.annotations and name in size.volumes_ml
    ]
    rows = []
    for label in task.labels.classes:
        volumes = [volumes[label.value] for volumes in accepted if label.value in volumes]
        mean = f"{sum(volumes) / len(volumes):.3g}" if volumes else "-"
        rows.append((label.name, str(label.value), str(len(volumes)), mean, _range(volumes, "{:.3g}")))
    return markdown_table(("label", "value in the project", "cases with it", "mean volume in mL", "from, to"), rows)


def _making(answers: _Answers) -> str:
    """Say how the answers came about."""
    accepted = answers.accepted
    readers = sorted({answer.reader for answer in (*accepted, *answers.firsts)})
    hours = sum(answer.seconds_spent for answer in (*accepted, *answers.firsts)) / 3600
    by_start: dict[int | None, int] = {}
    for answer in accepted:
        by_start[answer.started_from] = by_start.get(answer.started_from, 0) + 1
    starts = [
        f"{count} {'from scratch or from elsewhere' if start is None else f'corrected from model v{start}'}"
        for start, count in sorted(by_start.items(), key=lambda entry: entry[0] or 0)
    ]
    text = f"{len(accepted)} answers were accepted, by {', '.join(readers) or 'nobody'}, in "
    text += f"{hours:.2f} hours as far as known: {'; '.join(starts) or 'none'}."
    verdicts = [answer.verified for answer in accepted if answer.verified is not None]
    if verdicts:
        corrected = sum(verdict.changed > 0 for verdict in verdicts)
        text += f" A second reader verified {len(verdicts)} of them, and corrected {corrected}."
    partly = sum(answer.confirmed is not None for answer in accepted)
    if partly:
        text += f" Of {partly} masks only some slices are confirmed, which the manifest lists."
    if answers.predicted:
        models = ", ".join(sorted({answer.reader for answer in answers.predicted}))
        text += f"\n\n**{len(answers.predicted)} answers are predictions of {models} that no reader has accepted.**"
    return text


def _model(model: ModelVersion, versions: int) -> str:
    figures = "; ".join(f"{name.replace('_', ' ')} {interval}" for name, interval in model.metrics.items())
    told = figures or "none, for want of a validation set"
    return (
        f"The live model is version {model.number} of {versions} (`{model.recipe}`), trained on "
        f"{len(model.annotations)} labels. Its figures on the validation set: {told}."
    )


def _range(values: Iterable[float], form: str) -> str:
    found = sorted(values)
    if not found:
        return "-"
    low, high = form.format(found[0]), form.format(found[-1])
    return low if low == high else f"{low} to {high}"

"""What is kept in a model version's folder beside its weights."""

from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path

from napari_medal.atomic import write_text_atomic
from napari_medal.core.case import Case, Split
from napari_medal.loop.calibration import write_calibration
from napari_medal.loop.evaluation_table import write_evaluation
from napari_medal.loop.model_card import FILE_NAME, CardFacts, SplitCount, card_text

_PROGRAMS = ("napari-medal", "torch", "monai", "numpy")


def write_records(folder: Path, facts: CardFacts) -> None:
    """Write the table of figures, the calibration and the model card, each atomically."""
    if facts.table is not None:
        write_evaluation(folder, facts.table)
    if facts.calibration is not None:
        write_calibration(folder, facts.calibration)
    write_text_atomic(folder / FILE_NAME, card_text(facts))


def programs() -> dict[str, str]:
    """Return the versions of what trains a model, by name."""
    return {name: version(name) for name in _PROGRAMS}


def split_counts(cases: Collection[Case], labelled: Collection[str]) -> dict[Split, SplitCount]:
    """Count subjects and cases in every split."""
    return {
        split: SplitCount(
            subjects=len({case.subject for case in cases if case.split is split}),
            cases=sum(1 for case in cases if case.split is split),
            labelled=sum(1 for case in cases if case.split is split and case.name in labelled),
        )
        for split in Split
    }

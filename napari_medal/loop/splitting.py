"""Put newly labelled subjects into training or validation."""

from napari_medal.catalogue.splits import draw_validation
from napari_medal.core.case import Split
from napari_medal.loop.counted import counted
from napari_medal.loop.session import Session


def draw_splits(session: Session, task: str) -> None:
    """Draw the labelled subjects that are undrawn, once and for good; see `draw_validation`."""
    settings = session.project.settings.splits
    annotated = counted(session, task)
    split_of = {case.subject: case.split for case in session.project.cases.all() if case.name in annotated}
    subjects = {split: [name for name, found in split_of.items() if found is split] for split in Split}
    draw = draw_validation(
        subjects[Split.UNDRAWN],
        in_training=len(subjects[Split.TRAINING]),
        in_validation=len(subjects[Split.VALIDATION]),
        share=settings.validation,
        seed=settings.seed,
    )
    session.project.cases.draw(draw.training, Split.TRAINING)
    session.project.cases.draw(draw.validation, Split.VALIDATION)

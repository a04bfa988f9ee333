"""Where the answers of a dataset come from, as far as the cases do not say it themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from napari_medal.catalogue.models import ModelVersion


@dataclass(frozen=True)
class Provenance:
    """What goes into manifest and card beside the dataset.

    Args:
        format_name: The format that it is written in.
        models: The model versions of each task, oldest first.
        audits: What random audits say of the live model of a task, in words.
        left_out: Cases of the dataset that the format could not hold, each with the reason.
    """

    format_name: str
    models: Mapping[str, Sequence[ModelVersion]] = field(default_factory=dict)
    audits: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

"""The figures of masks by networks that had not seen the label, kept beside the models of a task."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from napari_medal.atomic import write_text_atomic
from napari_medal.core.feature import Feature
from napari_medal.errors import FormatError
from napari_medal.loop.session import Session


@dataclass(frozen=True)
class UnseenFigures:
    """What was measured.

    Args:
        folds: How many networks were trained.
        made_at: When.
        cases: The figures of each case, by name.
    """

    folds: int
    made_at: datetime
    cases: Mapping[str, tuple[float, ...]]


def known_unseen_figures(session: Session, task: str, features: tuple[Feature, ...]) -> UnseenFigures | None:
    """Return what `keep_unseen_figures` wrote; None before it, and where the task has other features since.

    Raises:
        FormatError: The file is damaged.
    """
    path = session.project.layout.unseen_figures(task)
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["features"] != [feature.name for feature in features]:
            return None
        cases = {str(name): tuple(map(float, values)) for name, values in found["cases"].items()}
        return UnseenFigures(int(found["folds"]), datetime.fromisoformat(found["made_at"]), cases)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        msg = f"{path}: found no figures that can be read ({error}); delete it, and measure again with --folds."
        raise FormatError(msg) from error


def keep_unseen_figures(session: Session, task: str, features: tuple[Feature, ...], found: UnseenFigures) -> None:
    """Write what was measured in place of what was kept before.

    Raises:
        OSError: The file cannot be written.
    """
    path = session.project.layout.unseen_figures(task)
    table = {
        "features": [feature.name for feature in features],
        "folds": found.folds,
        "made_at": found.made_at.isoformat(),
        "cases": {name: list(map(float, values)) for name, values in sorted(found.cases.items())},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text_atomic(path, json.dumps(table, indent=1) + "\n")

"""What a strategy is told of the cases that wait."""

from collections import Counter
from collections.abc import Mapping, Sequence

from napari_medal.catalogue.models import ModelVersion
from napari_medal.catalogue.predictions import StoredPrediction
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, Split
from napari_medal.core.strategy import Candidate, Features, Pool
from napari_medal.loop.comparable import comparable
from napari_medal.loop.counted import counted
from napari_medal.loop.recorded_times import expected_seconds
from napari_medal.loop.session import Session

_USUAL_BATCH = 4


def pool_of(session: Session, task: str, waiting: Sequence[Case], seed: int) -> Pool:
    """Gather what is known of the waiting cases, and of those that are labelled already.

    Cases lie among each other where the live model puts them, once it has seen all that wait; before, where their looks
    put them.
    """
    project = session.project
    live = project.models.live(task)
    seen = {} if live is None else _last_scores(session, task, live)
    cases = project.cases.all()
    labels = counted(session, task)
    whole = {name: found for name, found in labels.items() if found.confirmed is None}
    taught = {case.name: whole[case.name] for case in cases if _teaches(case, whole)}
    scored = comparable(session, task, seen)
    features, taught_features = _places(session, task, live, seen, waiting, taught)
    seconds = expected_seconds(session, task, seen)
    first = session.scheme(task).values[0] if session.scheme(task).values else None
    candidates = [
        Candidate(
            case.name,
            scored[case.name].score if case.name in scored else None,
            features.get(case.name),
            seconds.get(case.name),
            _finds(seen[case.name], first) if case.name in seen else None,
        )
        for case in waiting
    ]
    names = session.scheme(task).names
    return Pool(
        candidates,
        len(taught),
        seed,
        taught=taught_features,
        batch=project.settings.training.retrain_after or _USUAL_BATCH,
        weaknesses=_weaknesses(live, names),
        labels=names,
    )


def _last_scores(session: Session, task: str, live: ModelVersion) -> dict[str, StoredPrediction]:
    """Return what the live model says, and of cases that it has not seen yet what the version before it said."""
    predictions = session.project.predictions
    found: dict[str, StoredPrediction] = {}
    if live.started_from is not None:
        found.update(predictions.by(task, live.started_from))
    found.update(predictions.by(task, live.number))
    return found


def _teaches(case: Case, labels: Mapping[str, Annotation]) -> bool:
    return case.name in labels and case.split is not Split.VALIDATION


def _places(
    session: Session,
    task: str,
    live: ModelVersion | None,
    seen: Mapping[str, StoredPrediction],
    waiting: Sequence[Case],
    taught: Mapping[str, Annotation],
) -> tuple[Mapping[str, Features], list[Features]]:
    """Return where the waiting and the labelled cases lie, all in one space."""
    if live is not None:
        own = {name: found.features for name, found in seen.items() if found.model == live.number and found.features}
        if waiting and all(case.name in own for case in waiting):
            noted = session.project.models.features(task, live.number)
            places = {name: own.get(name) or noted.get(label.identifier) for name, label in taught.items()}
            return own, [place for place in places.values() if place]
    looks = _alike(session.project.cases.looks())
    return looks, [looks[name] for name in taught if name in looks]


def _alike(looks: Mapping[str, Features]) -> dict[str, Features]:
    """Leave out cases of another kind than most: with other channels, or pictures among volumes."""
    lengths = Counter(len(place) for place in looks.values())
    usual = max(lengths, key=lambda length: (lengths[length], length), default=0)
    return {name: place for name, place in looks.items() if len(place) == usual}


def _finds(prediction: StoredPrediction, first: int | None) -> bool | None:
    """Tell whether a prediction shows something: a structure, or another class than the first."""
    if prediction.value is not None:
        return None
    if prediction.class_value is not None:
        return prediction.class_value != first
    return None if prediction.amount is None else prediction.amount > 0.0


def _weaknesses(live: ModelVersion | None, labels: Sequence[str]) -> tuple[float, ...]:
    """Return how far each label is from perfect on the validation set; empty where one of them is not known."""
    if live is None:
        return ()
    found = []
    for label in labels:
        figures = [interval.value for name, interval in live.metrics.items() if name.endswith(f"_{label}")]
        if not figures or not 0.0 <= figures[0] <= 1.0:
            return ()
        found.append(1.0 - figures[0])
    return tuple(found)

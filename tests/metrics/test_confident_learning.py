import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.confident_learning import LabelIssue, label_issues


def test_an_example_by_hand() -> None:
    # Thresholds: class 0 (0.9 + 0.8 + 0.1) / 3 = 0.6, class 1 (0.7 + 0.9) / 2 = 0.8.
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.1, 0.9]])
    found = label_issues([0, 0, 0, 1, 1], probabilities)
    assert found == [LabelIssue(2, 1, pytest.approx(0.8))]


def test_a_class_that_is_never_sure_counts_by_its_own_measure() -> None:
    # Nobody is surer of class 1 than 0.4, so 0.4 is confident; it is likelier than class 0 in no case.
    probabilities = np.array([[0.9, 0.1], [0.55, 0.45], [0.6, 0.4], [0.65, 0.35]])
    found = label_issues([0, 0, 1, 1], probabilities)
    assert [(issue.place, issue.likely) for issue in found] == [(1, 1)]
    assert found[0].margin == pytest.approx(-0.1)


def test_the_clearest_come_first_and_a_class_without_labels_is_never_likely() -> None:
    probabilities = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.9, 0.0], [0.0, 0.0, 1.0], [0.3, 0.7, 0.0]])
    found = label_issues([0, 0, 0, 0, 1], probabilities)
    assert [issue.place for issue in found] == [2, 1]


@given(st.integers(0, 9999), st.integers(2, 4), st.integers(1, 25))
def test_it_agrees_with_the_definition(seed: int, classes: int, cases: int) -> None:
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.ones(classes), cases)
    labels = [int(label) for label in random.integers(0, classes, cases)]
    issues = {issue.place: issue for issue in label_issues(labels, probabilities)}
    thresholds = {}
    for index in range(classes):
        own = [probabilities[place, index] for place in range(cases) if labels[place] == index]
        if own:
            thresholds[index] = sum(own) / len(own)
    for place in range(cases):
        confident = [j for j, t in thresholds.items() if probabilities[place, j] >= t - 1e-6]
        if not confident:
            continue
        likely = max(confident, key=lambda j: probabilities[place, j])
        if likely != labels[place]:
            assert issues[place].likely == likely
        margins = [issue.margin for issue in issues.values()]
        assert margins == sorted(margins, reverse=True)


def test_flipped_labels_of_a_good_model_are_found() -> None:
    random = np.random.default_rng(0)
    true = random.integers(0, 3, 200)
    probabilities = np.full((200, 3), 0.1)
    probabilities[np.arange(200), true] = 0.8
    probabilities += random.uniform(0, 0.1, probabilities.shape)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    flipped = random.permutation(200)[:20]
    labels = true.copy()
    labels[flipped] = (labels[flipped] + 1) % 3
    found = label_issues(labels.tolist(), probabilities)
    assert {issue.place for issue in found} <= set(flipped.tolist())
    assert len(found) >= 16
    assert all(issue.likely == true[issue.place] for issue in found)

from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.learning import Balance, Learning, Sampling
from napari_medal.core.progress import Silent
from napari_medal.errors import ProjectError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import accept_class
from napari_medal.loop.judging import load_ensemble, prepared_case, project_device
from napari_medal.loop.priors import FILE_NAME, read_priors, write_priors
from napari_medal.loop.training import train_model
from tests.loop.conftest import READING
from tests.small import small_session, with_learning

TASK = "classification"


@pytest.mark.parametrize("thresholding", [True, False])
def test_answers_are_rid_of_the_shares_that_were_learnt_from(
    tmp_path: Path, cohort: PhantomCohort, thresholding: bool
) -> None:
    """Counted before sampling: each labelled case once."""
    learning = Learning(balance=Balance(Sampling.AS_THEY_ARE, thresholding=thresholding))
    session = small_session(tmp_path / "project", TASK, validation=0.0, changes=with_learning(learning))
    add_cases(session, Source(cohort.images), Silent())
    first, second = session.scheme(TASK).values[:2]
    for number in range(4):
        accept_class(session, TASK, f"case_{number:03d}", second if number == 3 else first, READING)
    version = train_model(session, TASK, Silent()).version
    priors = read_priors(version.folder)
    ensemble = load_ensemble(session, version, 1, project_device(session))
    case = prepared_case(session, session.project.cases.get("case_005"), version.plan, ensemble.target)
    found = ensemble.samples(case)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-5)
    if thresholding:
        assert priors is not None
        assert priors.tolist() == [0.75, 0.25] + [0.0] * (len(session.scheme(TASK)) - 2)
        ensemble._priors = None
        plain = ensemble.samples(case)
        ratio = (found[:, 1] / found[:, 0]) / (plain[:, 1] / plain[:, 0])
        np.testing.assert_allclose(ratio, 3.0, rtol=1e-4)
    else:
        assert priors is None
    session.close()


def test_damaged_priors_are_told_by_file(tmp_path: Path) -> None:
    write_priors(tmp_path, np.array([0.5, 0.5]))
    (tmp_path / FILE_NAME).write_text("[0.5, 0.", encoding="utf-8")
    with pytest.raises(ProjectError, match=f"{FILE_NAME} is damaged"):
        read_priors(tmp_path)

"""Look at the cases of a project, for what can be said of them before any model has."""

from collections.abc import Sequence

from napari_medal.core.case import Case, CaseState
from napari_medal.core.progress import Progress
from napari_medal.errors import FormatError, GeometryError
from napari_medal.loop.session import Session
from napari_medal.metrics.looks import looks

_AT_ONCE = 32


def look_at(session: Session, progress: Progress, cases: Sequence[Case] | None = None) -> int:
    """Describe the cases that nothing has looked at yet, and keep that; return how many there were.

    Cases are described as they are added; this is for projects of earlier versions. Those that cannot be read are left
    out: opening them tells why.

    Raises:
        JobCancelled: The person cancelled; what was described is kept.
    """
    known = session.project.cases.looks()
    wanted = session.project.cases.all() if cases is None else cases
    missing = [case for case in wanted if case.name not in known and case.state is not CaseState.BROKEN]
    found: dict[str, tuple[float, ...]] = {}
    try:
        for done, case in enumerate(missing):
            progress.step(done, len(missing), "Looking at cases")
            try:
                found[case.name] = looks(session.files.read_case(case.images))
            except (FormatError, GeometryError, OSError):
                continue
            if len(found) % _AT_ONCE == 0:
                session.project.cases.set_looks(found)
    finally:
        session.project.cases.set_looks(found)
    return len(missing)

"""How far to trust the model, and whether to go on."""

from dataclasses import dataclass

from napari_medal.core.progress import Progress
from napari_medal.loop.auditing import AuditReport, audit_report
from napari_medal.loop.predicted_quality import PredictedQuality, predicted_quality
from napari_medal.loop.ranking_worth import RankingWorth, ranking_worth
from napari_medal.loop.session import Session
from napari_medal.loop.stopping import Outlook, outlook


@dataclass(frozen=True)
class Trust:
    """What the audits tell, what to expect of waiting cases (the worst first), what ranking saves, and the outlook."""

    task: str
    audits: AuditReport
    qualities: dict[str, PredictedQuality]
    worth: RankingWorth
    outlook: Outlook


def trust(session: Session, task: str, progress: Progress) -> Trust:
    """Work all of it out; the first time, corrected masks are compared with what was predicted, which takes a while.

    Raises:
        JobCancelled: The person cancelled.
    """
    return Trust(
        task=task,
        audits=audit_report(session, task),
        qualities=predicted_quality(session, task),
        worth=ranking_worth(session, task, progress),
        outlook=outlook(session, task),
    )

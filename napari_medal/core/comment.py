"""What readers write about a case."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Comment:
    """A remark on a case; never changed. It may hold names, so it leaves the project in no log and no dataset."""

    case: str
    reader: str
    created_at: datetime
    text: str

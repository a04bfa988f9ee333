"""When something was made, in DICOM's words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class Moment:
    """A date and a time of day in UTC, as DICOM writes them."""

    date: str
    time: str

    @classmethod
    def of(cls, when: datetime) -> Self:
        """Write a moment; one without a time zone is taken for UTC."""
        utc = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        return cls(utc.strftime("%Y%m%d"), utc.strftime("%H%M%S"))

    def date_object(self, dataset: "Dataset") -> None:
        """Let an object say that it was made then, not now: equal labels make equal files."""
        dataset.TimezoneOffsetFromUTC = "+0000"
        dataset.InstanceCreationDate, dataset.InstanceCreationTime = self.date, self.time
        for equipment in dataset.get("ContributingEquipmentSequence", []):
            equipment.ContributionDateTime = f"{self.date}{self.time}+0000"

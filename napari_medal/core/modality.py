"""What kind of scanner a channel comes from."""

from enum import StrEnum


class Modality(StrEnum):
    """A kind of image; what matters is whether its intensities have a unit."""

    CT = "CT"
    MR = "MR"
    US = "US"
    PET = "PET"
    OTHER = "other"

    @property
    def has_unit(self) -> bool:
        """Whether the same intensity means the same tissue in every case, as Hounsfield units do."""
        return self is Modality.CT

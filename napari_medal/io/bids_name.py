"""Names of files in a BIDS dataset."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.io.case_name import stem

_EXAM = ("sub", "ses", "run")


@dataclass(frozen=True)
class BidsName:
    """What the name of a file says, such as "sub-01_ses-1_ce-gd_T1w".

    Args:
        entities: Keys with their labels, in order.
        suffix: The last word: what kind of image it is.
    """

    entities: tuple[tuple[str, str], ...]
    suffix: str

    @classmethod
    def of(cls, path: Path) -> "BidsName | None":
        """Read a file's name; None if it is none of BIDS."""
        *parts, suffix = stem(path).split("_")
        pairs = tuple((key, label) for key, dash, label in (part.partition("-") for part in parts) if dash and label)
        if len(pairs) != len(parts) or not pairs or pairs[0][0] != "sub" or "-" in suffix or not suffix:
            return None
        return cls(pairs, suffix)

    def label(self, key: str) -> str:
        """Return the label of an entity; "" for none."""
        return dict(self.entities).get(key, "")

    @property
    def session(self) -> str:
        """The exam: "sub-01", or "sub-01_ses-1"."""
        return "_".join(f"{key}-{label}" for key, label in self.entities if key in {"sub", "ses"})

    @property
    def channel(self) -> str:
        """The sequence: its suffix, and what else tells it from others of the same exam, such as "ce-gd_T1w"."""
        own = [f"{key}-{label}" for key, label in self.entities if key not in _EXAM]
        return "_".join([*own, self.suffix])

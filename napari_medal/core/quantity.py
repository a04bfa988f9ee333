"""What is measured where an answer is one number for each case."""

import math
from dataclasses import dataclass

import numpy as np

from napari_medal.errors import SettingsError
from napari_medal.types import FloatArray

_DIGITS = 4
"""Digits that a value is told with, counted from the first one of the range."""


@dataclass(frozen=True)
class Quantity:
    """A number with its unit and the range that it lies in: age in years, from 0 to 120.

    Args:
        name: What people call it.
        unit: Of the values; "" for a score.
        low: Lowest value that may occur.
        high: Highest one.

    Raises:
        SettingsError: There is no name, or no range.
    """

    name: str
    unit: str
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.name.strip():
            msg = "A quantity needs a name, such as 'age'; found none."
            raise SettingsError(msg)
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            msg = f"Found the range {self.low:g} to {self.high:g} for '{self.name}'; wanted a lower number first."
            raise SettingsError(msg)

    def __str__(self) -> str:
        return f"{self.title}, {self.low:g} to {self.high:g}"

    @property
    def title(self) -> str:
        """The name with the unit: "age (years)"."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def decimals(self) -> int:
        """Decimals that people are told."""
        return max(0, _DIGITS - 1 - math.floor(math.log10(self.high - self.low)))

    def in_words(self, value: float) -> str:
        """Say a value with its unit: "63.5 years"."""
        return f"{value:.{self.decimals}f} {self.unit}".rstrip()

    def require(self, value: float, where: str) -> float:
        """Return a value that lies in the range.

        Raises:
            SettingsError: It is no number, or outside; the message begins with `where`.
        """
        if not self.low <= value <= self.high:
            msg = (
                f"{where}: found {value:g}; wanted {self.name} from {self.low:g} to {self.high:g} {self.unit}".rstrip()
            )
            raise SettingsError(f"{msg}.")
        return float(value)

    def clip(self, values: FloatArray) -> FloatArray:
        """Bring values that lie outside to the nearer end of the range; the array keeps its axes."""
        return np.asarray(np.clip(values, self.low, self.high), dtype=np.float32)

    def to_shares(self, values: FloatArray) -> FloatArray:
        """Turn values into shares of the range, from 0 at its lower end to 1; the array keeps its axes."""
        shares = (values.astype(np.float64) - self.low) / (self.high - self.low)
        return np.asarray(np.clip(shares, 0.0, 1.0), dtype=np.float32)

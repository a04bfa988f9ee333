"""How far a mask's volume is off."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_MM3_A_ML = 1000.0


@dataclass(frozen=True)
class VolumeError:
    """Two volumes of a structure.

    Args:
        predicted_ml: Volume that was predicted.
        truth_ml: Volume that it has.
    """

    predicted_ml: float
    truth_ml: float

    @property
    def ml(self) -> float:
        """Predicted less true volume; 0 where both are empty."""
        return self.predicted_ml - self.truth_ml

    @property
    def percent(self) -> float:
        """The error in percent of the true volume; nan where that is 0."""
        return 100.0 * self.ml / self.truth_ml if self.truth_ml > 0 else float("nan")


def volume_error(
    prediction: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_], voxel_volume_mm3: float
) -> VolumeError:
    """Count voxels and multiply by their volume; 1000 mm3 are a millilitre."""
    ml = voxel_volume_mm3 / _MM3_A_ML
    return VolumeError(np.count_nonzero(prediction) * ml, np.count_nonzero(truth) * ml)

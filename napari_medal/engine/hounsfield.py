"""Tell CT by its intensities."""

import numpy as np
import numpy.typing as npt

_LOOKED_AT = 200_000
_AIR = (-1100, -900)
_TISSUE = (-200, 300)
_POSSIBLE = (-5000, 35000)
_LEAST_AIR = 0.01
_LEAST_TISSUE = 0.05


def in_hounsfield(array: npt.NDArray[np.generic]) -> bool:
    """Tell whether a volume's intensities are Hounsfield units beyond doubt.

    They are whole numbers, none impossible in CT, a hundredth of them at least around air (-1000) and a twentieth at
    least around water and soft tissue (0). A CT that was cut down to the inside of the body, or resampled, is not told:
    then the settings have to say so.
    """
    flat = array.reshape(-1)
    values = flat[:: max(1, flat.size // _LOOKED_AT)].astype(np.float64)
    return bool(
        (values == np.round(values)).all()
        and values.min() >= _POSSIBLE[0]
        and values.max() <= _POSSIBLE[1]
        and _share(values, _AIR) >= _LEAST_AIR
        and _share(values, _TISSUE) >= _LEAST_TISSUE
    )


def _share(values: npt.NDArray[np.float64], between: tuple[int, int]) -> float:
    return float(((values > between[0]) & (values < between[1])).mean())

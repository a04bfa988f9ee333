"""Array aliases whose names say their axes."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

ImageArray: TypeAlias = npt.NDArray[Any]
"""Intensities (Z, Y, X); any real dtype. 2D images have Z = 1."""

LabelArray: TypeAlias = npt.NDArray[np.uint8]
"""Label values (Z, Y, X); 0 is background."""

FloatArray: TypeAlias = npt.NDArray[np.float32]
"""Any real-valued map."""

Samples: TypeAlias = npt.NDArray[np.float32]
"""Class probabilities of S ensemble members: (S, C, Z, Y, X) for masks, (S, C) for a class per case.

Along C they sum to one. For masks C counts the background, which is index 0. Of a value per case it is (S, 1): what
each member says, in the quantity's unit.
"""

Affine: TypeAlias = npt.NDArray[np.float64]
"""(4, 4) homogeneous matrix from array index to world millimetres."""

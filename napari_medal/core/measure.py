"""The protocol of an uncertainty measure."""

from typing import Protocol, runtime_checkable

from napari_medal.types import FloatArray, Samples


@runtime_checkable
class Measure(Protocol):
    """Uncertainty of an ensemble, as a map and as a number for each class.

    Register an instance under the entry-point group "napari_medal.measures";
    `napari_medal.testing.check_measure` tells whether it is sound.
    """

    @property
    def name(self) -> str:
        """Identifier in settings and on the command line."""

    @property
    def title(self) -> str:
        """One line for people."""

    def map(self, samples: Samples) -> FloatArray:
        """Return the uncertainty at each place, in [0, 1].

        Args:
            samples: (S, C, *space) probabilities; space is (Z, Y, X) for a mask and empty for a class. Of values they
                are (S, 1), as shares of the range.

        Returns:
            An array of shape `space`; 0 where nothing is uncertain.
        """

    def per_class(self, samples: Samples) -> FloatArray:
        """Return the uncertainty of each class over the whole case, (C,) in [0, 1], neither diluted by
        background nor growing with the size of a structure.
        """  # noqa: D205

"""What the data look like at a spacing of 1 mm."""

from dataclasses import replace

from napari_medal.core.plan import Fingerprint

ONE_MILLIMETRE = (1.0, 1.0, 1.0)


def at_one_millimetre(fingerprint: Fingerprint, box: tuple[int, int, int]) -> Fingerprint:
    """Return the fingerprint of volumes after resampling, of which no more than a box (z, y, x) is looked at.

    Images keep their pixels: their spacing is seldom known.
    """
    sides = [
        n if fingerprint.planar else max(1, round(n * mm))
        for n, mm in zip(fingerprint.median_shape, fingerprint.spacing_mm, strict=True)
    ]
    z, y, x = (min(side, most) for side, most in zip(sides, box, strict=True))
    spacing = fingerprint.spacing_mm if fingerprint.planar else ONE_MILLIMETRE
    return replace(fingerprint, spacing_mm=spacing, median_shape=(z, y, x))

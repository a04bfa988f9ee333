"""Measure the properties of the data that decide how a network is fed."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.modality import Modality
from napari_medal.core.plan import Fingerprint, Intensities
from napari_medal.engine.case_facts import CaseFacts
from napari_medal.errors import ModelError, SettingsError
from napari_medal.types import FloatArray

_MOST_CASES = 0.8
"""Share of the cases that have to look like CT before a channel is taken for it."""


def fingerprint(cases: Sequence[CaseFacts], modalities: Sequence[Modality] = ()) -> Fingerprint:
    """Summarise a set of cases.

    Args:
        cases: What is known of each; those with other channels than the first are left out.
        modalities: What each channel is; without it, a channel is CT where most cases look like it.

    Raises:
        ModelError: There is no case.
        SettingsError: There are more or fewer modalities than channels.
    """
    if not cases:
        msg = "A plan needs at least one usable case; found none."
        raise ModelError(msg)
    channels = len(cases[0].hounsfield)
    if modalities and len(modalities) != channels:
        msg = f"medal.toml: 'modalities': found {len(modalities)}; wanted one for each of the {channels} channels."
        raise SettingsError(msg)
    alike = [case for case in cases if len(case.hounsfield) == channels]
    shapes = np.array([case.grid.shape for case in alike])
    spacing = tuple(float(mm) for mm in np.median([case.grid.spacing_mm for case in alike], axis=0))
    median = tuple(round(n) for n in np.median(shapes, axis=0))
    largest = tuple(int(n) for n in shapes.max(axis=0))
    return Fingerprint(
        cases=len(alike),
        channels=channels,
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        median_shape=(median[0], median[1], median[2]),
        largest_shape=(largest[0], largest[1], largest[2]),
        planar=all(case.grid.shape[0] == 1 for case in alike),
        intensities=_intensities(alike, modalities),
    )


def _intensities(cases: Sequence[CaseFacts], modalities: Sequence[Modality]) -> tuple[Intensities | None, ...]:
    """Return those of each channel with a unit; nothing at all where no channel has one."""
    if modalities:
        units = [modality.has_unit for modality in modalities]
    else:
        units = [bool(share >= _MOST_CASES) for share in np.mean([case.hounsfield for case in cases], axis=0)]
    if not any(units):
        return ()
    labelled = any(case.inside.size for case in cases)
    values = np.concatenate([case.inside if labelled else case.anywhere for case in cases], axis=1)
    return tuple(_summary(own) if unit else None for own, unit in zip(values, units, strict=True))


def _summary(values: FloatArray) -> Intensities:
    low, high = (float(value) for value in np.percentile(values, (0.5, 99.5)))
    between = values[(values >= low) & (values <= high)].astype(np.float64)
    return Intensities(low=low, high=high, mean=float(between.mean()), deviation=float(between.std()))

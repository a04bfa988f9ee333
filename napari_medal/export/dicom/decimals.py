"""Numbers as DICOM writes them."""

from collections.abc import Iterable


def decimals(values: Iterable[float]) -> list[str]:
    """Return decimal strings (value representation DS), each as exact as its 16 letters allow."""
    from pydicom.valuerep import format_number_as_ds

    return [format_number_as_ds(float(value)) for value in values]

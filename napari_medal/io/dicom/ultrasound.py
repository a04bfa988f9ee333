"""How large the pixels of an ultrasound picture are."""

import math

from napari_medal.io.dicom.header import Header, Vector

_CENTIMETRES = 3
_MM = 10.0


def region_spacing_mm(header: Header) -> Vector | None:
    """Return the distance between rows, and between columns, as the regions of a picture say it.

    None where a region is measured in something else, as Doppler curves are, or where regions differ.
    """
    import pydicom

    if header.modality not in {"US", "IVUS"}:
        return None
    wanted = ["SequenceOfUltrasoundRegions"]
    try:
        dataset = pydicom.dcmread(header.path, stop_before_pixels=True, specific_tags=wanted, force=True)
        regions = list(dataset.get(wanted[0]) or ())
        units = {
            unit for region in regions for unit in (region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection)
        }
        found = {(float(region.PhysicalDeltaY) * _MM, float(region.PhysicalDeltaX) * _MM) for region in regions}
    except (AttributeError, TypeError, ValueError, NotImplementedError):  # broken regions say nothing
        return None
    if units != {_CENTIMETRES} or len(found) != 1:
        return None
    down, right = found.pop()
    return (down, right) if 0 < down < math.inf and 0 < right < math.inf else None

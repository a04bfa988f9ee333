"""Identifiers that come from what they identify."""

import uuid

_NAMESPACE = uuid.UUID("6f1c86a4-6a7e-5f0e-9d0f-0f2c6a3f5f1d")


def stable_uid(*parts: str) -> str:
    """Return the DICOM UID of these words, the same every time (DICOM PS3.5, B.2: "2.25." and a UUID as a number)."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, chr(0).join(parts)).int}"

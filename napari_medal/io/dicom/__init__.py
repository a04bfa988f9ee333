"""DICOM files: images, segmentations and contours."""

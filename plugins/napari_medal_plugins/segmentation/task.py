"""The segmentation task."""

from napari_medal.tasks.mask_task import MaskTask

TASK = MaskTask("segmentation", "Segmentation: a mask over the volume")

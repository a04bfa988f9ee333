"""The classification task."""

from napari_medal.tasks.class_task import ClassTask

TASK = ClassTask(
    "classification",
    "Classification: one class for the case",
    panel="napari_medal_plugins.classification.panel:ClassPanel",
)

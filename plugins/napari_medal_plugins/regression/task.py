"""The regression task."""

from napari_medal.tasks.value_task import ValueTask

TASK = ValueTask(
    "regression", "Regression: one number for the case", panel="napari_medal_plugins.regression.panel:ValuePanel"
)

"""What the model thinks of the label that is being drawn."""

from napari_medal.core.drawing import Drawing
from napari_medal.core.shares import Shares
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.errors import DrawingError
from napari_medal.types import FloatArray


def label_probability(drawing: Drawing) -> FloatArray | Shares:
    """Return the (Z, Y, X) probability of the label that is being drawn: a view.

    Raises:
        DrawingError: No label is chosen, or the model's probabilities of this case were not kept.
    """
    label = chosen_label(drawing)
    if drawing.probabilities is None:
        msg = "The model has not said yet how sure it is of this case; train a model first."
        raise DrawingError(msg)
    probability: FloatArray | Shares = drawing.probabilities[1 + drawing.scheme.values.index(label)]
    return probability

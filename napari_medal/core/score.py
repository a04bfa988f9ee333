"""How uncertain a model is about a case, in numbers and in words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseScore:
    """What ranking needs to know of one case.

    Args:
        uncertainty: 0 (all ensemble members agree) to 1.
        per_class: The same for each label of the scheme, in order; empty for a value.
        per_slice: The same for each axial slice (canonical axis 0); empty for a class or a value per case.
        reason: Why the case is worth a look, for people: "posterior boundary uncertain on slices 14-19".
    """

    uncertainty: float
    per_class: tuple[float, ...]
    per_slice: tuple[float, ...]
    reason: str

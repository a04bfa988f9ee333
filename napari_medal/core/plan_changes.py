"""What a person changes of a plan."""

from dataclasses import dataclass, fields, replace
from typing import Any

from napari_medal.core.particulars import Particulars
from napari_medal.core.plan import Intensities, Plan, Steps
from napari_medal.errors import SettingsError

_MOST_STEPS = 10_000_000


@dataclass(frozen=True)
class PlanChanges:
    """Fields of a `Plan` to be used instead of the planned ones; None, or none at all, leaves a field as planned.

    Members, learning rate and dropout are chosen in `Learning`.

    Raises:
        SettingsError: A value is impossible by itself; the message names it.
    """

    spacing_mm: tuple[float, float, float] | None = None
    patch: tuple[int, int, int] | None = None
    batch: int | None = None
    widths: tuple[int, ...] | None = None
    strides: Steps | None = None
    cold_steps: int | None = None
    warm_steps: int | None = None
    kernels: Steps | None = None
    intensities: tuple[Intensities, ...] | None = None
    foreground: float | None = None
    particulars: Particulars | None = None

    def __post_init__(self) -> None:
        for name in ("spacing_mm", "patch", "widths"):
            self._require(name, lambda sides: all(side > 0 for side in sides), "numbers over 0")
        for name in ("strides", "kernels"):
            self._require(name, lambda steps: all(side > 0 for step in steps for side in step), "numbers over 0")
        for name in ("batch", "cold_steps", "warm_steps"):
            self._require(name, lambda count: 1 <= count <= _MOST_STEPS, "1 or more")
        self._require("foreground", lambda share: 0.0 <= share <= 1.0, "0 to 1")
        self._require("kernels", lambda steps: all(side % 2 for step in steps for side in step), "odd sizes")

    def applied(self, plan: Plan) -> Plan:
        """Return the plan with the changes.

        Raises:
            SettingsError: They do not fit together, or not the rest of the plan.
        """
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        changed = replace(plan, **{name: value for name, value in given.items() if value is not None})
        levels = len(changed.widths)
        _agree("strides", changed.strides, len(changed.strides) == levels - 1, f"{levels - 1}, one less than widths")
        kernels = changed.kernels
        _agree("kernels", kernels, len(kernels) in (0, levels), f"{levels}, as many as widths")
        fits = all(side % step == 0 for side, step in zip(changed.patch, changed.divisor, strict=True))
        _agree("patch", changed.patch, fits, f"multiples of {changed.divisor}, which the strides divide by")
        flat = plan.patch[0] == 1
        wanted = "a single slice, as the images have" if flat else "two slices or more: one means 2D images"
        _agree("patch", changed.patch, (changed.patch[0] == 1) == flat, wanted)
        return changed

    def _require(self, name: str, holds: Any, wanted: str) -> None:
        value = getattr(self, name)
        if value is not None and not holds(value):
            msg = f"plan.{name}: found {value}; wanted {wanted}."
            raise SettingsError(msg)


AS_PLANNED = PlanChanges()
"""What changes nothing."""


def _agree(name: str, found: object, holds: bool, wanted: str) -> None:
    if not holds:
        msg = f"plan.{name}: found {found}; wanted {wanted}."
        raise SettingsError(msg)

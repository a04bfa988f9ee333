"""The check of a recipe."""

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.testing.breach import attempt, require, require_identity

_VOLUMES = Fingerprint(20, 2, (1.0, 1.0, 1.0), (24, 32, 28), (32, 40, 36), planar=False)
_IMAGES = Fingerprint(20, 1, (1.0, 0.5, 0.5), (1, 64, 48), (1, 80, 64), planar=True)
_MEMORY = Memory(budget_bytes=2**30, accelerated=False)
_OUTPUTS = 3


def check_recipe(recipe: Recipe) -> None:
    """Check that the recipe plans for volumes and images, builds on the CPU, and answers in the right shape.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("recipe", recipe, Recipe)
    require(isinstance(recipe.target, Target), f"{what} has the target {recipe.target!r}; wanted a Target.")
    for kind, fingerprint in (("volumes", _VOLUMES), ("images", _IMAGES)):
        plan = attempt(f"{what}: plan for {kind}", recipe.plan, fingerprint, _MEMORY)
        require(isinstance(plan, Plan), f"{what} gave {type(plan).__name__} for {kind}; wanted a Plan.")
        again = attempt(f"{what}: plan for {kind}", recipe.plan, fingerprint, _MEMORY)
        require(again == plan, f"{what} plans differently for the same {kind} the second time.")
        _check_plan(f"{what}: plan for {kind}", plan, fingerprint)
        channels = len(plan.particulars.looks_at) or fingerprint.channels
        _check_network(f"{what}: network for {kind}", recipe, plan, channels)


def _check_plan(what: str, plan: Plan, fingerprint: Fingerprint) -> None:
    require(min(plan.patch) >= 1, f"{what} has a patch of {plan.patch} voxels.")
    require(
        not any(side % divisor for side, divisor in zip(plan.patch, plan.divisor, strict=True)),
        f"{what} has a patch of {plan.patch} voxels; its strides need multiples of {plan.divisor}.",
    )
    require(
        len(plan.strides) == len(plan.widths) - 1,
        f"{what} has {len(plan.widths)} widths and {len(plan.strides)} strides; wanted one stride less.",
    )
    if fingerprint.planar:
        require(plan.patch[0] == 1, f"{what} has a patch of {plan.patch[0]} slices; images have one.")
    for name in ("batch", "members", "cold_steps", "warm_steps", "learning_rate"):
        require(getattr(plan, name) > 0, f"{what} has {name} = {getattr(plan, name)}; wanted more than 0.")


def _check_network(what: str, recipe: Recipe, plan: Plan, channels: int) -> None:
    import torch

    sides = [min(side, max(2 * step, 16)) for side, step in zip(plan.patch, plan.divisor, strict=True)]
    sides = [-(-side // step) * step for side, step in zip(sides, plan.divisor, strict=True)]
    space = tuple(sides[1:] if plan.patch[0] == 1 else sides)
    outputs = 1 if recipe.target is Target.VALUE else _OUTPUTS
    network = attempt(f"{what} (build)", recipe.build, plan, channels, outputs).eval()
    image = torch.rand((2, channels, *space), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        logits = attempt(f"{what} (forward)", network, image)
    require(isinstance(logits, torch.Tensor), f"{what} gave {type(logits).__name__}; wanted a tensor.")
    wanted = (2, outputs, *space) if recipe.target is Target.MASK else (2, outputs)
    require(
        tuple(logits.shape) == wanted,
        f"{what} turned {tuple(image.shape)} into {tuple(logits.shape)}; wanted {wanted}.",
    )
    require(bool(torch.isfinite(logits).all()), f"{what} gave logits that are not finite.")

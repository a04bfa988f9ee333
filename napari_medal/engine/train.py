"""Train a recipe's network on labelled cases."""

from dataclasses import replace

from torch.optim.swa_utils import AveragedModel

from napari_medal.core.learning import Balance, Sampling
from napari_medal.core.progress import CurvePoint, Progress
from napari_medal.core.target import Target
from napari_medal.engine.averaging import running_mean
from napari_medal.engine.checkpoint import Saved
from napari_medal.engine.dynamo import import_dynamo
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.engine.fill import fill_network
from napari_medal.engine.layers import freeze, keep_last
from napari_medal.engine.probe import Trial, probe
from napari_medal.engine.schedule import schedule
from napari_medal.engine.stepper import Stepper, named, snapshot
from napari_medal.engine.training import Training
from napari_medal.errors import ModelError

import_dynamo()

_LATER_CYCLES = 0.6
"""Peak learning rate of the second and later cycles, and of a warm start, relative to the first of a cold one."""
_REPORT_EVERY = 5
_VALIDATIONS_A_CYCLE = 2
_VALIDATIONS_FOR_PATIENCE = 10
_SECOND_PHASE = 0.2
_SECOND_PHASE_RATE = 0.1
"""Steps of the second phase relative to its cycle, and its learning rate (Buda et al. 2018, Neural Netw 106:249)."""


def train(training: Training, progress: Progress) -> list[Weights]:
    """Train through one cycle of the learning rate for each member, and return the weights at each end.

    The members of one training are its ensemble: snapshots cost nothing extra and their disagreement tells
    uncertain cases (Huang et al. 2017, arXiv 1704.00109; Zhao et al. 2022, arXiv 2212.06278).

    Raises:
        ModelError: There is no example, the weights to start from do not fit, the loss stays without a number after
            several halvings of the learning rate, or the smallest patch does not fit into memory.
        SettingsError: The loss is not one for this kind of answer.
        JobCancelled: The person cancelled.
    """
    if not training.examples:
        msg = "Training needs at least one labelled case; found none."
        raise ModelError(msg)
    run = _Run(training, progress)
    try:
        return run.members()
    finally:
        run.close()


class _Run:
    """The state of one training."""

    def __init__(self, training: Training, progress: Progress) -> None:
        self._training = training
        self._progress = progress
        training.device.claim_threads()
        self._learning = training.learning
        steps = training.plan.cold_steps if training.is_cold else training.plan.warm_steps
        self._lengths = cycles(steps, training.plan.members, training.is_cold)
        self._second = self._learning.balance.two_phase and training.recipe.target is Target.CLASS
        self._rate = schedule(self._learning.schedule)
        self._recent: list[float] = []
        self._stepper = self._begin()
        self._mean: AveragedModel | None = None
        if self._learning.ema:
            self._mean = running_mean(self._stepper.network, self._learning.ema)
        self._members: list[Weights] = []
        self._best: tuple[float, Weights] | None = None
        self._disappointments = 0
        self._step = 0

    def members(self) -> list[Weights]:
        """Run all cycles, from where an interrupted training stopped."""
        self._resume()
        while len(self._members) < len(self._lengths):
            weights = self._cycle(len(self._members))
            if self._second:
                weights = self._second_phase(weights)
            self._members.append(weights)
            self._step, self._best, self._disappointments = 0, None, 0
            self._keep()
        return self._members

    def close(self) -> None:
        """End the thread that draws batches ahead."""
        self._stepper.close()

    def _begin(self) -> Stepper:
        """Build the network, try how it is trained fastest, and bring it to the device."""
        training = self._training
        network = training.network()
        trial = Trial(training.recipe.name, network, training.plan, training.channels, sum(self._lengths))
        device = probe(trial, training.sound_device, self._progress)
        freeze(network, self._learning)
        return Stepper(training.lesson(), network, device)

    def _cycle(self, number: int) -> Weights:
        """Run one cycle of the learning rate, or the rest of it, and return the weights that come of it."""
        length = self._lengths[number]
        peak = self._training.plan.learning_rate
        if number or not self._training.is_cold:
            peak *= _LATER_CYCLES
        looks = _VALIDATIONS_FOR_PATIENCE if self._learning.patience else _VALIDATIONS_A_CYCLE
        while self._step < length:
            if self._done >= self._learning.unfreeze_after * sum(self._lengths):
                freeze(self._stepper.network, replace(self._learning, frozen=0.0))
            self._take(self._stepper, peak * self._rate(self._step / length))
            if self._mean is not None:
                self._mean.update_parameters(self._stepper.network)
            self._step += 1
            self._report()
            if self._step % max(1, length // looks) == 0 and self._look():
                break
            if self._training.checkpoint is not None and self._training.checkpoint.is_due:
                self._keep()
        return self._weights() if self._best is None else self._best[1]

    def _take(self, stepper: Stepper, learning_rate: float) -> None:
        """Take one step, however often it has to be tried."""
        loss = stepper.step(learning_rate)
        while loss is None:
            self._say(stepper)
            loss = stepper.step(learning_rate)
        self._recent.append(loss)

    def _look(self) -> bool:
        """Ask the judge, and tell whether the cycle has gone on for too long without a gain."""
        training = self._training
        if training.judge is None:
            return False
        weights = self._weights()
        plan, device = self._stepper.plan, self._stepper.device
        ensemble = Ensemble(training.recipe, plan, training.channels, training.outputs, [weights], device)
        value = training.judge(ensemble)
        self._progress.point(CurvePoint("validation", self._done, value))
        if not self._learning.patience:
            return False
        if self._best is None or value > self._best[0]:
            self._best, self._disappointments = (value, weights), 0
        else:
            self._disappointments += 1
        return self._disappointments >= self._learning.patience

    def _second_phase(self, weights: Weights) -> Weights:
        """Fit the last layer alone on the cases as they are, at a tenth of the learning rate."""
        training = self._training
        network = training.recipe.build(training.plan, training.channels, training.outputs)
        fill_network(network, weights)
        keep_last(network, self._learning)
        lesson = replace(training.lesson(), balance=Balance(Sampling.AS_THEY_ARE), seed=training.seed + 1)
        stepper = Stepper(lesson, network, self._stepper.device)
        length = max(1, round(_SECOND_PHASE * self._lengths[len(self._members)]))
        try:
            for step in range(length):
                self._take(stepper, _SECOND_PHASE_RATE * training.plan.learning_rate * self._rate(step / length))
                self._say(stepper)
        finally:
            stepper.close()
        self._recent.clear()
        return snapshot(stepper.network)

    @property
    def _done(self) -> int:
        """Steps so far; those that a cycle spared count as taken."""
        return sum(self._lengths[: len(self._members)]) + self._step

    def _weights(self) -> Weights:
        """Return the weights as they are now, or their running mean."""
        return snapshot(self._stepper.network if self._mean is None else self._mean.module)

    def _say(self, stepper: Stepper) -> None:
        self._progress.step(self._done, sum(self._lengths), f"Training{stepper.note}")

    def _report(self) -> None:
        """Tell how far the training is, and draw the curve of the loss."""
        done = self._done
        self._say(self._stepper)
        if done % _REPORT_EVERY == 0 or done == sum(self._lengths):
            self._progress.point(CurvePoint("loss", done, sum(self._recent) / len(self._recent)))
            self._recent.clear()

    def _keep(self) -> None:
        """Write everything down that the rest of the training depends on."""
        checkpoint = self._training.checkpoint
        if checkpoint is None:
            return
        tensors = self._stepper.tensors()
        for number, weights in enumerate(self._members):
            tensors |= {f"member-{number}.{name}": tensor for name, tensor in weights.items()}
        numbers = {f"stepper.{name}": value for name, value in self._stepper.numbers().items()}
        numbers |= {"members": len(self._members), "step": self._step, "disappointments": self._disappointments}
        if self._mean is not None:
            tensors |= {f"mean.{name}": tensor for name, tensor in self._mean.state_dict().items()}
        if self._best is not None:
            numbers["best"] = self._best[0]
            tensors |= {f"best.{name}": tensor for name, tensor in self._best[1].items()}
        checkpoint.write(Saved(numbers, tensors))

    def _resume(self) -> None:
        """Go on from what an interrupted training wrote down, if it did."""
        saved = None if self._training.checkpoint is None else self._training.checkpoint.read()
        if saved is None:
            return
        numbers, tensors = saved.numbers, saved.tensors
        own = {name.removeprefix("stepper."): value for name, value in numbers.items() if name.startswith("stepper.")}
        self._stepper.restore(own, tensors)
        self._members = [named(tensors, f"member-{number}.") for number in range(int(numbers["members"]))]
        self._step, self._disappointments = int(numbers["step"]), int(numbers["disappointments"])
        if self._mean is not None:
            self._mean.load_state_dict(named(tensors, "mean."))
        if "best" in numbers:
            self._best = (numbers["best"], named(tensors, "best."))


def cycles(steps: int, members: int, cold: bool) -> list[int]:
    """Divide the steps among the members; a cold start needs most of them before its first snapshot."""
    if members == 1:
        return [steps]
    first = round(steps * 0.6) if cold else steps - (members - 1) * (steps // members)
    later = (steps - first) // (members - 1)
    return [max(1, steps - later * (members - 1))] + [max(1, later)] * (members - 1)

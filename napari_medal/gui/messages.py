"""What people are told outside the panels: quiet notifications, never a box in the way."""

import logging

from napari.utils import notifications

from napari_medal.errors import JobCancelled, MedalError

_log = logging.getLogger(__name__)


def tell(text: str) -> None:
    """Show a quiet notification."""
    notifications.show_info(text)


def tell_problem(error: Exception) -> None:
    """Show what went wrong; a cancelled job is no problem."""
    if isinstance(error, JobCancelled):
        return
    if isinstance(error, MedalError):
        notifications.show_error(str(error))
        return
    _log.error("An unexpected problem.", exc_info=error)
    notifications.show_error(f"Unexpected problem: {type(error).__name__}: {error}. The details are in the log.")

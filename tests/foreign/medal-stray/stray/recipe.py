"""The recipe."""

import a_library_that_has_gone  # noqa: F401

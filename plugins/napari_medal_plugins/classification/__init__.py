"""Classification: one class for the case."""

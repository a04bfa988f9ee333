"""One uncertainty measure a module, pure functions over probabilities."""

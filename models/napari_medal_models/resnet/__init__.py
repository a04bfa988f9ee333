"""A small residual network for a class or a value per case."""

"""A small residual network for a class per case."""

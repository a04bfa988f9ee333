"""A small DenseNet for a class per case."""

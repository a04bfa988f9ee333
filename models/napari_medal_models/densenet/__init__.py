"""A small DenseNet for a class or a value per case."""

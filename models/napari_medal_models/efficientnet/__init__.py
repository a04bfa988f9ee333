"""EfficientNet-B0 for a class or a value per case."""

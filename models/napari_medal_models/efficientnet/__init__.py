"""EfficientNet-B0 for a class per case."""

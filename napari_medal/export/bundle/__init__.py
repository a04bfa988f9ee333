"""The parts of a MONAI bundle."""

"""What DICOM objects about a series are made of, one thing a module."""

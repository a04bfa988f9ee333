"""The task for lower-grade glioma on FLAIR."""

"""The judge of acquisition: arms that label the same cohort with the same luck, and a verdict on each."""

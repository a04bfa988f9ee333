"""The figures of masks, as a table."""

import math

from napari_medal.export.table_text import table_text
from napari_medal.loop.cohort_features import CohortFeatures


def features_table(cohort: CohortFeatures) -> str:
    """Return CSV: a row for each mask, with case, subject, whose mask it is and a column for each feature.

    A unit stands behind the feature's name ("volume_mL"); a figure that a mask does not have is left empty. In the
    column has_learned, "yes" marks a prediction of a model that had learned from a label of the subject.
    """
    names = [f"{feature.name}_{feature.unit}" if feature.unit else feature.name for feature in cohort.features]
    rows = [
        [
            entry.case,
            entry.subject,
            entry.source.value,
            "yes" if entry.has_learned else "no",
            *("" if math.isnan(value) else f"{value:.6g}" for value in entry.values),
        ]
        for entry in cohort.cases
    ]
    return table_text([["case", "subject", "mask", "has_learned", *names], *rows])

"""What the figures are called, for people."""

from napari_medal.loop.evaluation_table import Figure

SURFACE_DICE = "nsd_"
"""What the name of the normalised surface Dice begins with; its tolerance follows: "nsd_2mm"."""

_NAMES = {
    "dice": "Dice",
    "jaccard": "Jaccard",
    "hd_mm": "Hausdorff distance, mm",
    "hd95_mm": "Hausdorff distance, 95th percentile, mm",
    "assd_mm": "mean surface distance, mm",
    "volume_error_ml": "volume error, mL",
    "volume_error_percent": "volume error, %",
    "volume_bias_ml": "volume, bias (Bland-Altman), mL",
    "volume_lower_limit_ml": "volume, lower limit of agreement, mL",
    "volume_upper_limit_ml": "volume, upper limit of agreement, mL",
    "volume_icc_2_1": "volume, ICC(2,1) with the reader",
    "volume_icc_3_1": "volume, ICC(3,1) with the reader",
    "log_loss": "log-loss",
    "auc": "AUC (bootstrap)",
    "auc_delong": "AUC (DeLong)",
    "sensitivity_at_90": "sensitivity at 90 % specificity",
    "accuracy": "accuracy",
    "brier": "Brier score (0 to 2)",
    "kappa": "Cohen's kappa with the reader",
    "ece": "expected calibration error",
    "absolute_error": "mean absolute error",
    "spread": "spread of the members",
    "rmse": "root mean squared error",
    "r2": "R² (share of the variance explained)",
    "pearson": "Pearson's r with the reader",
    "spearman": "Spearman's rho with the reader",
    "spread_tells_error": "Spearman's rho of spread and absolute error",
    "bias": "bias (Bland-Altman)",
    "lower_limit": "lower limit of agreement",
    "upper_limit": "upper limit of agreement",
    "icc_2_1": "ICC(2,1) with the reader",
    "icc_3_1": "ICC(3,1) with the reader",
}


def figure_name(figure: Figure) -> str:
    """Return a metric's name with its unit."""
    if figure.metric.startswith(SURFACE_DICE):
        return f"surface Dice at {figure.metric.removeprefix(SURFACE_DICE).removesuffix('mm')} mm"
    return _NAMES.get(figure.metric, figure.metric.replace("_", " "))


def figure_text(figure: Figure) -> str:
    """Return the value with its interval where there is one, and what it leaves out."""
    interval = figure.interval
    if interval.value != interval.value:
        text = "-"
    elif interval.low != interval.low:
        text = f"{interval.value:.3f}"
    else:
        text = str(interval)
    if figure.infinite:
        text += f", and {figure.infinite} without an end: one of both masks is empty"
    return text

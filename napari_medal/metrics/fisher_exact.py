"""Whether rows and columns of a table of counts have to do with each other."""

from dataclasses import dataclass
from itertools import islice, permutations

import numpy as np
import numpy.typing as npt

_SAME = 1e-7
"""Chances that differ by less than this share are equal, as in R's fisher.test."""
_MOST_ORDERS = 720


@dataclass(frozen=True)
class Fisher:
    """What the test says.

    Args:
        p: Chance of a table as rare as this one, or rarer, if rows and columns had nothing to do with each other.
        error: Standard error of p; 0 where it is exact.
        least: About the least p that a table with these sums can have.
    """

    p: float
    error: float
    least: float


def fisher_exact(table: npt.NDArray[np.integer], seed: int = 0, draws: int = 99_999) -> Fisher:
    """Return the two-sided test of Fisher (1934), of Freeman and Halton (1951, Biometrika 38:141-149) beyond 2 x 2.

    A table of two rows and two columns is counted out. Of larger ones `draws` tables with the same sums are drawn at
    random (Patefield 1981, Appl Stat 30:91-97): p = (1 + as rare or rarer) / (1 + draws), as R's fisher.test with
    simulate.p.value; so p cannot fall below 1 / (1 + draws). Empty rows and columns are left out; where fewer than two
    are left, p is 1.

    Args:
        table: (R, C) counts.
        seed: Makes what is drawn repeatable.
        draws: How many tables.
    """
    from scipy import stats

    kept = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(kept.shape, default=0) < 2:
        return Fisher(1.0, 0.0, 1.0)
    rows, columns = kept.sum(axis=1), kept.sum(axis=0)
    least = _least(rows, columns)
    if kept.shape == (2, 2):
        return Fisher(float(stats.fisher_exact(kept).pvalue), 0.0, least)
    drawn = stats.random_table(rows, columns).rvs(draws, random_state=seed)
    rarity, own = _rarity(drawn), _rarity(kept[None])[0]
    p = float((1 + np.count_nonzero(rarity >= own - _SAME)) / (1 + draws))
    return Fisher(p, float(np.sqrt(p * (1 - p) / draws)), least)


def _rarity(tables: npt.NDArray[np.integer] | npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the sum of the logarithms of the factorials of each table (N, R, C): the more, the rarer it is."""
    from scipy.special import gammaln

    return np.asarray(gammaln(tables + 1.0).sum(axis=(1, 2)), dtype=np.float64)


def _least(rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer]) -> float:
    """Return the chance of the rarest tables that fill one cell after the other, whichever row and column comes first.

    The rarest of all is a corner of what is possible, and most corners are filled in such a way.
    """
    from scipy.special import gammaln

    corners = {
        _filled(rows, columns, order, other).tobytes()
        for order in islice(permutations(range(len(rows))), _MOST_ORDERS)
        for other in islice(permutations(range(len(columns))), _MOST_ORDERS)
    }
    tables = np.stack([np.frombuffer(corner, dtype=np.int64) for corner in corners]).reshape(
        -1, len(rows), len(columns)
    )
    constant = float(gammaln(rows + 1.0).sum() + gammaln(columns + 1.0).sum() - gammaln(rows.sum() + 1.0))
    rarity = _rarity(tables)
    ties = np.count_nonzero(rarity >= rarity.max() - _SAME)
    return float(min(1.0, ties * np.exp(constant - rarity.max())))


def _filled(
    rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer], order: tuple[int, ...], other: tuple[int, ...]
) -> npt.NDArray[np.int64]:
    table = np.zeros((len(rows), len(columns)), dtype=np.int64)
    left, free = rows.astype(np.int64), columns.astype(np.int64)
    row = column = 0
    while row < len(order) and column < len(other):
        at = order[row], other[column]
        table[at] = min(left[at[0]], free[at[1]])
        left[at[0]] -= table[at]
        free[at[1]] -= table[at]
        row, column = (row + 1, column) if left[at[0]] == 0 else (row, column + 1)
    return table

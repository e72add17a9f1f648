"""The variable tensors that a partition updates: a run reads them and writes copies, so that it can be repeated."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class States:
    """Variable tensors and their copies.

    Attributes:
        variables: the variables themselves, by tensor.
        after: what a run writes instead.
    """

    def __init__(self, variables: Mapping[int, np.ndarray]) -> None:
        self.variables = dict(variables)
        self.after = {t: np.empty_like(array) for t, array in variables.items()}
        self._kept: dict[int, np.ndarray] = {}

    def commit(self) -> None:
        """Make the variables what the last run has written."""
        for t, array in self.variables.items():
            array[...] = self.after[t]

    def keep(self) -> None:
        """Remember what the variables are now."""
        for t, array in self.variables.items():
            self._kept[t] = array.copy()

    def restore(self) -> None:
        """Make the variables what they were at the last `keep`."""
        for t, array in self._kept.items():
            self.variables[t][...] = array

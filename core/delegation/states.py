"""The variable tensors that a partition updates: a run works on copies, so that it can be repeated."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class States:
    """Variable tensors and their copies.

    Attributes:
        variables: the variables themselves, by tensor.
        before, after: what a run reads and writes instead.
    """

    def __init__(self, variables: Mapping[int, np.ndarray]) -> None:
        self.variables = dict(variables)
        self.before = {t: np.empty_like(array) for t, array in variables.items()}
        self.after = {t: np.empty_like(array) for t, array in variables.items()}

    def load(self) -> None:
        """Let the next run begin with what the variables are now."""
        for t, array in self.variables.items():
            self.before[t][...] = array

    def commit(self) -> None:
        """Make the variables what the last run has written."""
        for t, array in self.variables.items():
            array[...] = self.after[t]

    def restore(self) -> None:
        """Make the variables what they were before the last run."""
        for t, array in self.variables.items():
            array[...] = self.before[t]

"""Raw scores and contributions of one LightGBM booster, for many rows or for one, bit for bit the same.

`Booster.predict` builds its configuration in each call, which for one row takes several times as long as the trees.
LightGBM's C interface has a call for single rows that is configured once (`LGBM_BoosterPredictForMatSingleRowFast`).
The Python package does not wrap it, so this file calls it through ctypes.
"""

from __future__ import annotations

import ctypes
import weakref
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from features.boxes import Numbers

if TYPE_CHECKING:
    import lightgbm

_FLOAT64 = 1


class Output(IntEnum):
    """Kinds of prediction, numbered as in LightGBM's `c_api.h`."""

    RAW_SCORE = 1
    CONTRIBUTIONS = 3


class Trees:
    """The trees of a booster that is not trained further."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster

    def raw_scores(self, features: Numbers, threads: int) -> Numbers:
        """Raw scores of feature rows (n, k), shape (n,)."""
        if len(features) == 1 and self._raw_score_of_row:
            return self._raw_score_of_row(features)
        return np.asarray(self._booster.predict(features, raw_score=True, num_threads=threads))

    def contributions(self, features: Numbers, threads: int) -> Numbers:
        """Exact TreeSHAP contributions of feature rows (n, k), shape (n, k + 1), expected value last."""
        if len(features) == 1 and self._contributions_of_row:
            return self._contributions_of_row(features)[None, :]
        return np.asarray(self._booster.predict(features, pred_contrib=True, num_threads=threads))

    @cached_property
    def _raw_score_of_row(self) -> SingleRow | None:
        return single_row(self._booster, Output.RAW_SCORE)

    @cached_property
    def _contributions_of_row(self) -> SingleRow | None:
        return single_row(self._booster, Output.CONTRIBUTIONS)


class SingleRow:
    """The C call for one row, configured for a booster and an output. The library locks each call.

    Raises AttributeError if the library does not have the call, LightGBMError if it refuses the booster.
    """

    def __init__(self, booster: lightgbm.Booster, output: Output) -> None:
        from lightgbm.basic import _safe_call
        from lightgbm.libpath import _LIB

        # A handle of its own on the loaded library, so that argument types set here hold here only.
        library = ctypes.CDLL(_LIB._name)
        self._check = _safe_call
        self._predict = library.LGBM_BoosterPredictForMatSingleRowFast
        self._predict.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        # Kept, because the configuration points into the booster.
        self._booster = booster
        self._columns = booster.num_feature()
        self._width = 1 if output is Output.RAW_SCORE else self._columns + 1
        handle = ctypes.c_void_p()
        _safe_call(
            library.LGBM_BoosterPredictForMatSingleRowFastInit(
                booster._handle, ctypes.c_int(output), ctypes.c_int(0), ctypes.c_int(booster.best_iteration),
                ctypes.c_int(_FLOAT64), ctypes.c_int32(self._columns), b"num_threads=1", ctypes.byref(handle),
            )
        )  # fmt: skip
        self._handle = handle
        weakref.finalize(self, library.LGBM_FastConfigFree, handle)

    def __call__(self, row: Numbers) -> Numbers:
        """The output for one feature row (1, k), shape (1,) or (k + 1,). Raises ValueError for another shape."""
        if row.shape != (1, self._columns):
            raise ValueError(
                f"A booster of {self._columns} features needs shape (1, {self._columns}); got {row.shape}."
            )
        row = np.ascontiguousarray(row, dtype=np.float64)
        found, written = np.empty(self._width), ctypes.c_int64()
        self._check(self._predict(self._handle, row.ctypes.data, ctypes.addressof(written), found.ctypes.data))
        return found


def single_row(booster: lightgbm.Booster, output: Output) -> SingleRow | None:
    """The call for single rows; None if this version of LightGBM does not have it, so that `predict` is used."""
    import lightgbm

    try:
        return SingleRow(booster, output)
    except (AttributeError, ImportError, lightgbm.basic.LightGBMError):
        return None

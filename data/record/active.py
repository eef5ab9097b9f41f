"""Active declarations: boxes that were not cancelled after their latest version."""

from __future__ import annotations

import pandas as pd

from data.vocabulary import Notice


def active_declarations(declarations: pd.DataFrame, notices: pd.DataFrame) -> pd.DataFrame:
    """The rows of active boxes. A notice without box_no concerns all boxes of its declaration; a version declared after
    the notice is active again. The order in which they became known does not matter."""
    cancelled = notices[notices["notice"] == Notice.CANCELLED]
    if cancelled.empty or declarations.empty:
        return declarations
    boxes = ["declaration_id", "box_no"]
    whole = cancelled[cancelled["box_no"] == ""].groupby("declaration_id")["noticed_at"].max()
    single = cancelled[cancelled["box_no"] != ""].groupby(boxes)["noticed_at"].max()
    declared_at = declarations.groupby(boxes)["declared_at"].transform("max")
    by_whole = whole.reindex(declarations["declaration_id"]).array >= declared_at.array
    by_single = single.reindex(pd.MultiIndex.from_frame(declarations[boxes])).array >= declared_at.array
    left: pd.DataFrame = declarations[~(by_whole | by_single)]
    return left.reset_index(drop=True)

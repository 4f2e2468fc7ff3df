"""How the result reaches her, and where what is sent by post is, for the view of a case. No name and no address stand in it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.casework.model import Case
from assistant.casework.progress.view import ParcelView, ReceivingView
from assistant.casework.shipping.store import Shipment
from assistant.foundation.messages import t


def receiving(case: Case, parcels: Sequence[Shipment]) -> ReceivingView | None:
    """What she chose and what is on its way, the latest parcel last; None where there is neither."""
    shown = [_parcel(one) for one in parcels if one.state != "cancelled"]
    way = case.receiving.way if case.receiving else None
    if way is None and not shown:
        return None
    return ReceivingView(way=way, text=t(f"receiving.shown_{way}") if way else "", parcels=shown)


def _parcel(one: Shipment) -> ParcelView:
    latest = one.data.history[-1] if one.data.history else None
    return ParcelView(
        kind=one.kind, title=t(f"receiving.parcel_{one.kind}", title=one.data.contents), state=one.state,
        text=latest.text if latest and latest.text else t(f"receiving.state_{one.state}"), tracking_no=one.tracking_no,
        at=(latest.at if latest else one.created_at).isoformat(),
    )  # fmt: skip

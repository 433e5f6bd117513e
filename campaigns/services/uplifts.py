"""Writes of WORK: the uplift of a month's campaigns."""

from collections.abc import Mapping, Sequence

from campaigns.calculations.month import CampaignResult
from campaigns.models import Store, StoreUplift, Uplift
from core.months import Month
from kpi.services import clear_results


def uplift_record(
    root_id: int, month: Month, results: Sequence[CampaignResult], missing: Mapping[str, tuple[str, ...]]
) -> dict[str, int]:
    """Replace the month's uplifts; ``missing`` says by campaign what keeps it from being settled.

    Gives the ids of the campaigns by code.
    """
    clear_results(StoreUplift, root_id, month)
    clear_results(Uplift, root_id, month)
    campaigns = {one.uplift.campaign: one.facts.key for one in results}
    named = {store.store for one in results for store in one.uplift.stores}
    stores = dict(Store.objects.filter(code__in=named).values_list("code", "pk"))
    rows = Uplift.objects.bulk_create(
        [
            Uplift(
                root_id=root_id,
                month=month.first,
                campaign_id=campaigns[one.uplift.campaign],
                method=one.method.code,
                status="missing" if missing[one.uplift.campaign] else "settled",
                missing=list(missing[one.uplift.campaign]),
                uplift=one.uplift.uplift,
                visitors=one.uplift.visitors,
                units=one.uplift.units,
                products=[
                    {"product": product, "units": None if units is None else str(units)}
                    for product, units in one.uplift.products.items()
                ],
            )
            for one in results
        ]
    )
    StoreUplift.objects.bulk_create(
        [
            StoreUplift(
                root_id=root_id,
                month=month.first,
                result=row,
                store_id=stores[store.store],
                comparable=store.comparable,
                reason=store.reason,
                actual=store.actual,
                baseline=store.baseline,
                uplift=store.uplift,
                visitors=store.visitors,
                units=store.units,
                steps={"method": one.method.steps, "days": list(store.steps)},
            )
            for row, one in zip(rows, results, strict=True)
            for store in one.uplift.stores
        ],
        batch_size=1000,
    )
    return campaigns

"""Addresses of deals's REST resources."""

from django.urls import URLPattern, URLResolver, path

from deals.api.deal import DealDetail, DealEnd, DealList, DealReopening
from deals.api.pipeline import PipelineDetail, PipelineList
from deals.api.stage_move import DealGates, DealMoveBack, DealMoves, DealUndoWin, DealWaivers

urlpatterns: list[URLPattern | URLResolver] = [
    path("pipelines/", PipelineList.as_view(), name="pipelines"),
    path("pipelines/<uuid:pipeline_id>/", PipelineDetail.as_view(), name="pipeline"),
    path("deals/", DealList.as_view(), name="deals"),
    path("deals/<uuid:deal_id>/", DealDetail.as_view(), name="deal"),
    path("deals/<uuid:deal_id>/end/", DealEnd.as_view(), name="deal-end"),
    path("deals/<uuid:deal_id>/gates/", DealGates.as_view(), name="deal-gates"),
    path("deals/<uuid:deal_id>/move-back/", DealMoveBack.as_view(), name="deal-move-back"),
    path("deals/<uuid:deal_id>/reopen/", DealReopening.as_view(), name="deal-reopen"),
    path("deals/<uuid:deal_id>/stage-moves/", DealMoves.as_view(), name="deal-stage-moves"),
    path("deals/<uuid:deal_id>/undo-win/", DealUndoWin.as_view(), name="deal-undo-win"),
    path("deals/<uuid:deal_id>/waivers/", DealWaivers.as_view(), name="deal-waivers"),
]

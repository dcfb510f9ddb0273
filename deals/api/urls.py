"""Addresses of deals's REST resources."""

from django.urls import URLPattern, URLResolver, path

from deals.api.criterion import CriterionDetail, CriterionList, CriterionSharing
from deals.api.deal import DealBulk, DealDetail, DealEnd, DealList, DealPausing, DealReopening, DealRestoring
from deals.api.exchange_rate import ExchangeRateDetail, ExchangeRateList
from deals.api.import_run import (
    ImportCancel,
    ImportColumns,
    ImportDecisions,
    ImportDetail,
    ImportLines,
    ImportList,
    ImportReadAs,
    ImportReport,
    ImportStart,
    ImportUndo,
)
from deals.api.line_item import LineItemDetail, LineItemList
from deals.api.pipeline import PipelineDetail, PipelineList, PipelineRestore
from deals.api.problem import StatementDetail, StatementList, StatementSharing
from deals.api.product import ProductDetail, ProductList
from deals.api.section import SectionDetail, SectionList
from deals.api.stage import StageDetail, StageGuidance, StageList, StageMoveBeside
from deals.api.stage_move import DealGates, DealMoveBack, DealMoves, DealUndoWin, DealWaivers
from deals.api.stakeholder import StakeholderDetail, StakeholderList, StakeholderSharing

urlpatterns: list[URLPattern | URLResolver] = [
    path("pipelines/", PipelineList.as_view(), name="pipelines"),
    path("pipelines/<uuid:pipeline_id>/", PipelineDetail.as_view(), name="pipeline"),
    path("pipelines/<uuid:pipeline_id>/restore/", PipelineRestore.as_view(), name="pipeline-restore"),
    path("pipelines/<uuid:pipeline_id>/stages/", StageList.as_view(), name="pipeline-stages"),
    path("stages/<uuid:stage_id>/", StageDetail.as_view(), name="stage"),
    path("stages/<uuid:stage_id>/guidance/", StageGuidance.as_view(), name="stage-guidance"),
    path("stages/<uuid:stage_id>/move/", StageMoveBeside.as_view(), name="stage-move"),
    path("exchange-rates/", ExchangeRateList.as_view(), name="exchange-rates"),
    path("exchange-rates/<uuid:exchange_rate_id>/", ExchangeRateDetail.as_view(), name="exchange-rate"),
    path("products/", ProductList.as_view(), name="products"),
    path("products/<uuid:product_id>/", ProductDetail.as_view(), name="product"),
    path("imports/", ImportList.as_view(), name="imports"),
    path("imports/<uuid:import_id>/", ImportDetail.as_view(), name="import"),
    path("imports/<uuid:import_id>/cancel/", ImportCancel.as_view(), name="import-cancel"),
    path("imports/<uuid:import_id>/choices/", ImportDecisions.as_view(), name="import-choices"),
    path("imports/<uuid:import_id>/columns/", ImportColumns.as_view(), name="import-columns"),
    path("imports/<uuid:import_id>/lines/", ImportLines.as_view(), name="import-lines"),
    path("imports/<uuid:import_id>/read-as/", ImportReadAs.as_view(), name="import-read-as"),
    path("imports/<uuid:import_id>/report/", ImportReport.as_view(), name="import-report"),
    path("imports/<uuid:import_id>/start/", ImportStart.as_view(), name="import-start"),
    path("imports/<uuid:import_id>/undo/", ImportUndo.as_view(), name="import-undo"),
    path("deals/", DealList.as_view(), name="deals"),
    path("deals/bulk/", DealBulk.as_view(), name="deals-bulk"),
    path("deals/<uuid:deal_id>/", DealDetail.as_view(), name="deal"),
    path("deals/<uuid:deal_id>/end/", DealEnd.as_view(), name="deal-end"),
    path("deals/<uuid:deal_id>/gates/", DealGates.as_view(), name="deal-gates"),
    path("deals/<uuid:deal_id>/line-items/", LineItemList.as_view(), name="line-items"),
    path("line-items/<uuid:line_item_id>/", LineItemDetail.as_view(), name="line-item"),
    path("deals/<uuid:deal_id>/move-back/", DealMoveBack.as_view(), name="deal-move-back"),
    path("deals/<uuid:deal_id>/pause/", DealPausing.as_view(), name="deal-pause"),
    path("deals/<uuid:deal_id>/reopen/", DealReopening.as_view(), name="deal-reopen"),
    path("deals/<uuid:deal_id>/restore/", DealRestoring.as_view(), name="deal-restore"),
    path("deals/<uuid:deal_id>/stage-moves/", DealMoves.as_view(), name="deal-stage-moves"),
    path("deals/<uuid:deal_id>/undo-win/", DealUndoWin.as_view(), name="deal-undo-win"),
    path("deals/<uuid:deal_id>/waivers/", DealWaivers.as_view(), name="deal-waivers"),
    path("deals/<uuid:deal_id>/sections/", SectionList.as_view(), name="sections"),
    path("deals/<uuid:deal_id>/sections/<slug:kind>/", SectionDetail.as_view(), name="section"),
    path("deals/<uuid:deal_id>/statements/", StatementList.as_view(), name="statements"),
    path("statements/<uuid:statement_id>/", StatementDetail.as_view(), name="statement"),
    path("statements/<uuid:statement_id>/share/", StatementSharing.as_view(), name="statement-share"),
    path("deals/<uuid:deal_id>/criteria/", CriterionList.as_view(), name="criteria"),
    path("criteria/<uuid:criterion_id>/", CriterionDetail.as_view(), name="criterion"),
    path("criteria/<uuid:criterion_id>/share/", CriterionSharing.as_view(), name="criterion-share"),
    path("deals/<uuid:deal_id>/stakeholders/", StakeholderList.as_view(), name="stakeholders"),
    path("stakeholders/<uuid:stakeholder_id>/", StakeholderDetail.as_view(), name="stakeholder"),
    path("stakeholders/<uuid:stakeholder_id>/share/", StakeholderSharing.as_view(), name="stakeholder-share"),
]

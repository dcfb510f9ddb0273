"""Addresses of deals's pages for staff."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter

from deals.models import AGREEABLE, SectionKind
from deals.web import (
    board,
    comment,
    consent,
    criterion,
    deal,
    ending,
    exchange_rate,
    guidance,
    import_run,
    line_item,
    pipeline,
    problem,
    product,
    revision,
    section,
    stage,
    stage_move,
    stakeholder,
)

app_name = "deals"


class SectionConverter(StringConverter):
    """The kind of a section."""

    regex = "|".join(SectionKind.values)


class AgreeableConverter(StringConverter):
    """The kind of a section that is agreed."""

    regex = "|".join(AGREEABLE)


register_converter(SectionConverter, "section")
register_converter(AgreeableConverter, "agreeable")

DEAL = "deals/<uuid:deal_id>/"
STATEMENT = f"{DEAL}problem/statements/<uuid:statement_id>/"
CRITERION = f"{DEAL}criteria/rows/<uuid:criterion_id>/"
LINE = f"{DEAL}products/<uuid:line_item_id>/"
IMPORT = "imports/<uuid:import_id>/"
PERSON = f"{DEAL}people/rows/<uuid:stakeholder_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", import_run.imports, name="imports"),
    path(IMPORT, import_run.import_run, name="import"),
    path(f"{IMPORT}source/", import_run.source, name="import_source"),
    path(f"{IMPORT}columns/", import_run.columns, name="import_columns"),
    path(f"{IMPORT}choices/", import_run.choices, name="import_choices"),
    path(f"{IMPORT}start/", import_run.start, name="start_import"),
    path(f"{IMPORT}cancel/", import_run.cancel, name="cancel_import"),
    path(f"{IMPORT}undo/", import_run.undo, name="undo_import"),
    path(f"{IMPORT}report/", import_run.report, name="import_report"),
    path("deals/", board.board, name="board"),
    path("products/", product.price_list, name="products"),
    path("products/new/", product.new_product, name="new_product"),
    path("products/<uuid:product_id>/", product.edit_product, name="edit_product"),
    path("products/<uuid:product_id>/archive/", product.remove_product, name="remove_product"),
    path("settings/pipelines/", pipeline.first, name="pipelines"),
    path("settings/pipelines/new/", pipeline.new_pipeline, name="new_pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/", pipeline.pipeline, name="pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/change/", pipeline.edit_pipeline, name="edit_pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/stages/new/", stage.new_stage, name="new_stage"),
    path("settings/pipelines/<uuid:pipeline_id>/<str:verb>/", pipeline.pipeline_state, name="pipeline_state"),
    path("settings/stages/<uuid:stage_id>/", stage.stage, name="stage"),
    path("settings/stages/<uuid:stage_id>/guidance/", guidance.guidance, name="guidance"),
    path("settings/stages/<uuid:stage_id>/<str:verb>/", stage.stage_state, name="stage_state"),
    path("exchange-rates/", exchange_rate.rates, name="exchange_rates"),
    path("exchange-rates/<uuid:exchange_rate_id>/remove/", exchange_rate.remove, name="remove_exchange_rate"),
    path("deals/new/", deal.new, name="new"),
    path(DEAL, deal.deal, name="deal"),
    path(f"{DEAL}change/", deal.change, name="change"),
    path(f"{DEAL}end/", ending.end, name="end"),
    path(f"{DEAL}end/preview/", ending.preview, name="end_preview"),
    path(f"{DEAL}reopen/", ending.reopen, name="reopen"),
    path(f"{DEAL}stages/<uuid:stage_id>/", stage_move.to_stage, name="to_stage"),
    path(f"{DEAL}move/", stage_move.move, name="move"),
    path(f"{DEAL}back/", stage_move.back, name="back"),
    path(f"{DEAL}undo/", stage_move.undo, name="undo_win"),
    path(f"{DEAL}gates/<slug:gate>/waive/", stage_move.waive, name="waive_gate"),
    path(f"{DEAL}ask/", consent.ask, name="ask"),
    path(f"{DEAL}ask/preview/", consent.preview, name="ask_preview"),
    path(f"{DEAL}record/", consent.record, name="record"),
    path(f"{DEAL}record/preview/", consent.record_preview, name="record_preview"),
    path(f"{DEAL}questions/<uuid:question_id>/cancel/", consent.cancel, name="cancel_question"),
    path(f"{DEAL}consents/<uuid:consent_id>/withdraw/", consent.withdraw, name="withdraw_record"),
    path(f"{DEAL}products/", line_item.lines, name="lines"),
    path(LINE, line_item.line, name="line"),
    path(f"{LINE}archive/", line_item.archive, name="archive_line"),
    path(f"{DEAL}currency/", line_item.currency, name="deal_currency"),
    path(f"{DEAL}problem/statements/", problem.add, name="add_statement"),
    path(STATEMENT, problem.edit, name="edit_statement"),
    path(f"{STATEMENT}share/", problem.share, name="share_statement"),
    path(f"{STATEMENT}archive/", problem.archive, name="archive_statement"),
    path(f"{DEAL}criteria/check/", criterion.check, name="check_criterion"),
    path(f"{DEAL}criteria/rows/", criterion.add, name="add_criterion"),
    path(CRITERION, criterion.edit, name="edit_criterion"),
    path(f"{CRITERION}share/", criterion.share, name="share_criterion"),
    path(f"{CRITERION}archive/", criterion.archive, name="archive_criterion"),
    path(f"{DEAL}people/rows/", stakeholder.add, name="add_stakeholder"),
    path(PERSON, stakeholder.edit, name="edit_stakeholder"),
    path(f"{PERSON}assess/", stakeholder.assess, name="assess_stakeholder"),
    path(f"{PERSON}share/", stakeholder.share, name="share_stakeholder"),
    path(f"{PERSON}archive/", stakeholder.archive, name="archive_stakeholder"),
    path(f"{DEAL}<section:kind>/", section.section, name="section"),
    path(f"{DEAL}<section:kind>/rows/<uuid:row_id>/comments/", comment.add, name="comment"),
    path(f"{DEAL}<agreeable:kind>/revisions/", revision.revisions, name="revisions"),
    path(f"{DEAL}<agreeable:kind>/revisions/keep/", revision.keep, name="keep_revision"),
]

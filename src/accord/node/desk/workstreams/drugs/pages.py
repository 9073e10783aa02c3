"""The addresses of the drugs pages, under ``drugs/``."""

from typing import Final

from accord.node.desk.workstreams.drugs.views import (
    companies,
    flows,
    gaps,
    licences,
    notices,
    overview,
    reports,
    screening_flag,
    screening_flags,
    screening_rules,
    screenings,
    substance_importing,
    substance_proposing,
    substances,
    writing,
)

__all__ = ["NAME", "PAGES"]

NAME: Final = "drugs"

PAGES: Final = (
    ("", overview.show_drugs, ""),
    ("substances/", substances.show_substances, "substances"),
    ("substances/import", substance_importing.import_rows, "substance-import"),
    ("substances/new/<slug:kind>", substance_proposing.propose_row, "substance-new"),
    ("substances/proposals/<uuid:key>/", substance_proposing.show_proposal, "substance-proposal"),
    ("substances/proposals/<uuid:key>/act", substance_proposing.act_on_proposal, "substance-act"),
    ("substances/<slug:kind>.csv", substances.download_rows, "substance-export"),
    ("substances/<slug:kind>/<slug:code>/", substances.show_row, "substance"),
    ("substances/<slug:kind>/<slug:code>/out", substance_proposing.take_row_out, "substance-out"),
    ("licences/", licences.show_licences, "licences"),
    ("licences/act", licences.act_on_licences, "licences-act"),
    ("licences/licences.csv", licences.download_licences, "licences-export"),
    ("screening/", screenings.show_screenings, "screenings"),
    ("screening/rules/", screening_rules.show_rules, "screening-rules"),
    ("screening/rules/act", screening_rules.act_on_rules, "screening-rules-act"),
    ("screening/flags/<uuid:key>/", screening_flag.show_flag, "flag"),
    ("screening/flags/<uuid:key>/act", screening_flag.act_on_flag, "flag-act"),
    ("screening/flags/<uuid:key>/follow/<slug:kind>", screening_flag.follow_one, "flag-follow"),
    ("screening/<uuid:key>/", screening_flags.show_screening, "screening"),
    ("screening/<uuid:key>/act", screening_flags.act_on_screening, "screening-act"),
    ("screening/<uuid:key>/progress", screenings.show_progress, "screening-progress"),
    ("screening/<uuid:key>/flags.csv", screenings.download_flags, "screening-flags"),
    ("screening/<uuid:key>/refused.csv", screenings.download_refused, "screening-refused"),
    ("flows/", flows.show_flows, "flows"),
    ("flows/table.<str:form>", flows.download_flows, "flows-table"),
    ("companies/", companies.show_companies, "companies"),
    ("companies/history/", companies.show_company, "company"),
    ("consignees/", companies.show_consignees, "consignees"),
    ("gaps/", gaps.show_gaps, "gaps"),
    ("incidents/", reports.show_incidents, "incidents"),
    ("incidents/incidents.csv", reports.download_incidents, "incidents-export"),
    ("suspicions/", reports.show_suspicions, "suspicions"),
    ("suspicions/suspicions.csv", reports.download_suspicions, "suspicions-export"),
    ("write", writing.write_message, "write"),
    ("notices/", notices.show_notices, "notices"),
    ("notices/export", notices.export_notices, "notices-export"),
    ("notices/<uuid:key>/", notices.show_notice, "notice"),
    ("notices/<uuid:key>/begin", notices.begin_from_notice, "notice-begin"),
)

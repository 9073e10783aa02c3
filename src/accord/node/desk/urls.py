"""The addresses of the desk. Only pages stand here: each states its permission (``accord.node.desk.page``)."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from accord.node.desk.views import (
    accounts,
    agreement,
    approvals,
    assessing,
    assigning,
    beginning,
    case,
    case_acts,
    cases,
    channel,
    compose,
    correcting,
    files,
    helping,
    holds,
    keeping,
    lanes,
    law,
    me,
    objecting,
    parked,
    peers,
    permissions,
    proof,
    queue,
    recalling,
    register_proposing,
    registers,
    review,
    review_logs,
    review_sample,
    review_timeliness,
    review_witnesses,
    review_year,
    saved,
    search,
    session,
    team,
    texts,
    timeliness,
    using,
    waiting,
    walk,
)
from accord.node.notices import views as notices

__all__ = ["app_name", "urlpatterns"]

app_name = "desk"


def _page(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    if not hasattr(view, "desk_page"):
        msg = f"{view.__name__} is not a page of the desk: it states no permission"
        raise TypeError(msg)
    return path(address, view, name=name)


urlpatterns = [
    _page("", queue.show_queue, "queue"),
    _page("first", session.go_first, "first"),
    _page("news", queue.show_news, "news"),
    _page("parked/", parked.show_parked, "parked"),
    _page("parked/<int:entry>/try", parked.try_one, "parked-try"),
    _page("search", search.show_search, "search"),
    # cases
    _page("cases/", cases.show_cases, "cases"),
    _page("cases/export.csv", cases.export_cases, "cases-export"),
    _page("cases/assign", assigning.assign_cases, "cases-assign"),
    _page("cases/assigned", assigning.show_assigned, "cases-assigned"),
    _page("cases/views", saved.save_view, "view-save"),
    _page("cases/views/<uuid:key>/", saved.open_view, "view"),
    _page("cases/views/<uuid:key>/remove", saved.remove_view, "view-remove"),
    _page("cases/views/<uuid:key>/restore", saved.restore_view, "view-restore"),
    _page("retention/", keeping.show_keeping, "keeping"),
    _page("preferences", saved.keep_preferences, "preferences"),
    _page("cases/new", beginning.show_new_case, "new-case"),
    _page("cases/break-in", team.break_into_case, "break-in"),
    # a case
    _page("cases/<slug:reference>/", case.show_case, "case"),
    _page("cases/<slug:reference>/print", case.print_case, "case-print"),
    _page("cases/<slug:reference>/team", team.show_team, "case-team"),
    _page("cases/<slug:reference>/retention", keeping.show_case_keeping, "case-keeping"),
    _page("cases/<slug:reference>/retention/act", keeping.act_on_keeping, "keeping-act"),
    _page("cases/<slug:reference>/take", case_acts.take_one, "take"),
    _page("cases/<slug:reference>/act", case_acts.act_on_case, "act"),
    _page("cases/<slug:reference>/files/<uuid:key>", case.download, "download"),
    # drafts and replies
    _page("drafts/<uuid:key>/", compose.show_draft, "draft"),
    _page("drafts/<uuid:key>/gate", compose.show_gate, "gate"),
    _page("drafts/<uuid:key>/assessments", assessing.show_assessments, "assessments"),
    _page("drafts/<uuid:key>/discard", compose.discard_draft, "discard"),
    _page("drafts/<uuid:key>/files", files.show_files, "files"),
    _page("drafts/<uuid:key>/uploads", files.begin_upload, "upload-begin"),
    _page("uploads/<uuid:key>", files.show_upload, "upload"),
    _page("uploads/<uuid:key>/parts/<int:offset>", files.put_part, "upload-part"),
    _page("uploads/<uuid:key>/complete", files.complete_upload, "upload-complete"),
    _page("messages/<uuid:key>/reply/<slug:reply>", beginning.begin_reply, "reply"),
    _page("messages/<uuid:key>/use", using.use_one, "use"),
    _page("messages/<uuid:key>/ask", permissions.ask_one, "ask-permission"),
    _page("messages/<uuid:key>/permit", permissions.answer_one, "answer-permission"),
    _page("messages/<uuid:key>/recall", recalling.recall_one, "recall"),
    _page("messages/<uuid:key>/object", objecting.object_to_use, "object"),
    _page("messages/<uuid:key>/objection", objecting.raise_objection, "objection"),
    _page("messages/<uuid:key>/objection/answer", objecting.answer_one_objection, "objection-answer"),
    _page("messages/<uuid:key>/correct", correcting.correct_one, "correct"),
    _page("messages/<uuid:key>/provenance", correcting.show_provenance, "provenance"),
    _page("corrections/<uuid:key>/", correcting.show_correction, "correction"),
    _page("corrections/<uuid:key>/act", correcting.act_on_correction, "correction-act"),
    # approvals and proof
    _page("approvals/", approvals.show_approvals, "approvals"),
    _page("approvals/<uuid:key>/", approvals.show_approval, "approval"),
    _page("approvals/<uuid:key>/act", approvals.act_on_approval, "approval-act"),
    _page("approvals/<uuid:key>/holds", holds.show_holds, "holds"),
    _page("messages/<uuid:key>/proof", proof.show_proof, "proof"),
    _page("messages/<uuid:key>/evidence", proof.download_evidence, "evidence"),
    _page("proof/", proof.show_check, "check"),
    _page("proof/roots.json", proof.download_roots, "roots"),
    # the machinery
    _page("channel/", channel.show_channel, "channel"),
    _page("channel/act", channel.act_on_channel, "channel-act"),
    _page("lanes/", lanes.show_lanes, "lanes"),
    _page("lanes/act", lanes.act_on_lanes, "lanes-act"),
    _page("timeliness/", timeliness.show_published, "timeliness"),
    _page("timeliness/publish", timeliness.publish_timeliness, "timeliness-publish"),
    _page("timeliness/<int:number>.csv", timeliness.download_published, "timeliness-export"),
    _page("law/", law.show_law, "law"),
    _page("law/try", law.try_facts, "law-try"),
    _page("law/<slug:rule>", law.show_rule, "rule"),
    # the agreement
    _page("agreement/", agreement.show_agreement, "agreement"),
    _page("texts/", texts.show_texts, "texts"),
    _page("texts/<uuid:key>/", texts.show_text, "text"),
    _page("texts/<uuid:key>/act", texts.act_on_text, "text-act"),
    _page("texts/<uuid:key>/signed.zip", texts.download_signed, "text-signed"),
    # the registers
    _page("registers/", registers.show_registers, "registers"),
    _page("registers/<slug:register>.csv", registers.download_register, "registers-export"),
    _page("registers/<slug:register>/new", register_proposing.propose, "register-new"),
    _page("registers/entries/<int:entry>/", registers.show_entry, "register-entry"),
    _page("registers/entries/<int:entry>/act", registers.act_on_entry, "register-act"),
    _page("registers/entries/<int:entry>/text", registers.download_text, "register-text"),
    # review
    _page("review/", review.show_review, "review"),
    _page("review/decisions/<int:number>", review.show_decision, "review-decision"),
    _page("review/decisions/<int:number>/findings", review_sample.annotate_decision, "review-annotate"),
    _page("review/sample/", review_sample.show_sample, "review-sample"),
    _page("review/timeliness/", review_timeliness.show_timeliness, "review-timeliness"),
    _page("review/year/", review_year.show_year, "review-year"),
    _page("review/year/<int:year>/<str:peer>/<str:name>", review_year.download_year, "review-year-file"),
    _page("review/logs/", review_logs.show_logs, "review-logs"),
    _page("review/logs/<uuid:key>/on", review_logs.check_on, "review-logs-on"),
    _page("review/logs/<str:peer>/<slug:of>.log", review_logs.download_log, "review-log-export"),
    _page("review/witnesses/", review_witnesses.show_witnesses, "review-witnesses"),
    _page(
        "review/witnesses/<str:owner>/<str:peer>.request", review_witnesses.download_request, "review-witness-request"
    ),
    _page("review/<slug:name>/", review.show_list, "review-list"),
    _page("review/<slug:name>.csv", review.download_list, "review-export"),
    # administration
    _page("administration/", accounts.show_accounts, "administration"),
    _page("administration/accounts/new", accounts.show_new_account, "new-account"),
    _page("administration/accounts/<str:username>/", accounts.show_account, "account"),
    _page("administration/waiting/", waiting.show_waiting, "waiting"),
    _page("administration/parties/", peers.show_parties, "parties"),
    _page("administration/keys/", peers.show_keys, "keys"),
    _page("help/", helping.show_help, "help"),
    _page("me/", me.show_me, "me"),
    _page("stay", session.stay, "stay"),
    _page("walk", walk.show_walk, "walk"),
    _page("walk/act", walk.act_on_walk, "walk-act"),
    # notices
    _page("notices/", notices.show_notices, "notices"),
    _page("notices/news", notices.show_notices_news, "notices-news"),
    _page("notices/read", notices.read_notices, "notices-read"),
    _page("notices/choices", notices.show_choices, "notices-choices"),
    _page("notices/<int:key>/open", notices.open_notice, "notice-open"),
    _page("notices/addresses/<int:key>/agree", notices.agree, "notice-agree"),
]

"""What the ground itself plugs in: renderers, consumers, the room's own tab. Imported once, when all models are known."""

from django.utils.translation import gettext_lazy as _

from crm import notices, personal_data, timeline
from crm.actions.attachment import check_attachment, draw_attachment, remove_left_content
from crm.actions.duplicate import LOOKED_AT_AFTER, look_for_duplicates
from crm.day import register_waiting
from crm.directory import CONTACTS, ORGANIZATIONS
from crm.exports import own
from crm.mail.access_request import mail_access_request
from crm.mail.address_change import mail_address_change
from crm.mail.comment import mail_mention, mentioned_in
from crm.mail.consent import mail_answer, mail_question, mail_reminder
from crm.mail.data_request import administrators, mail_data_answer, mail_data_request
from crm.mail.ledger import mail_checkpoint, mail_faults
from crm.mail.task import mail_task_reminder
from crm.merging import register_follows
from crm.models import Event, Role
from crm.queries.activity import find_activities
from crm.queries.attachment import recorded_evidence
from crm.queries.comment import find_comments
from crm.queries.contact import find_contacts
from crm.queries.merge import FOLLOWING
from crm.queries.notification import deciders_of
from crm.queries.organization import find_organizations
from crm.queries.waiting_for_us import open_requests, unanswered_words
from crm.record_kinds import register_record_kind
from crm.registry import register_consumer, register_file_holder, register_person_consumer, register_room_panel
from crm.room import panels
from crm.search import SearchProvider, register_search
from crm.web.navigation import NavigationEntry, register_navigation

register_room_panel(panels.TODAY)
register_room_panel(panels.FILES)

register_consumer("crm.mail_question", ["consent.asked"], mail_question)
register_consumer("crm.mail_answer", ["consent.given", "consent.change_suggested", "consent.declined"], mail_answer)
register_consumer("crm.mail_address_change", ["contact.changed", "participant.address_vouched"], mail_address_change)
register_consumer("crm.mail_checkpoint", ["ledger.checked", "ledger.faults_found"], mail_checkpoint)
register_consumer("crm.mail_faults", ["ledger.faults_found"], mail_faults)


register_person_consumer("crm.mail_mention", ["comment.added"], mail_mention, recipients=mentioned_in)
register_consumer("crm.mail_task_reminder", ["task.reminder_wanted"], mail_task_reminder)
register_consumer("crm.mail_reminder", ["consent.reminder_wanted"], mail_reminder)
register_person_consumer(
    "crm.mail_access_request", ["access_request.made"], mail_access_request, recipients=deciders_of
)
register_person_consumer("crm.mail_data_request", ["data_request.made"], mail_data_request, recipients=administrators)
register_consumer("crm.mail_data_answer", ["data_request.answered"], mail_data_answer)


def _check_attachment(event: Event) -> None:
    check_attachment(attachment_id=event.subject_id)


def _draw_attachment(event: Event) -> None:
    draw_attachment(attachment_id=event.subject_id)


register_consumer("crm.check_attachment", ["attachment.added"], _check_attachment)
register_consumer("crm.draw_attachment", ["attachment.checked"], _draw_attachment)

register_file_holder(recorded_evidence)


def _remove_left_content(event: Event) -> None:
    if sha256 := event.data.get("left_sha256"):
        remove_left_content(sha256=sha256)


register_consumer("crm.look_for_duplicates", LOOKED_AT_AFTER, look_for_duplicates)
for _one in FOLLOWING:
    register_follows(_one)

register_consumer(
    "crm.remove_left_content", ["attachment.checked", "attachment.erased", "attachment.taken_out"], _remove_left_content
)

register_record_kind(ORGANIZATIONS)
register_record_kind(CONTACTS)
for _provider in (
    SearchProvider("organization", _("Clients"), "building", "contacts:read", 20, find_organizations),
    SearchProvider("contact", _("People"), "people", "contacts:read", 30, find_contacts),
    SearchProvider("activity", _("Calls, meetings, notes"), "message", "rooms:read", 60, find_activities),
    SearchProvider("comment", _("What was said"), "message", "rooms:read", 70, find_comments),
):
    register_search(_provider)

personal_data.register()
own.register()

timeline.register()

register_waiting(open_requests)
register_waiting(unanswered_words)
notices.register()

register_navigation(
    NavigationEntry(
        _("My day"),
        "sun",
        "crm:day",
        position=10,
        covers=("/tasks/", "/activities/"),
        home_of=(Role.REP, Role.MANAGER),
        shortcut="g d",
    )
)
register_navigation(NavigationEntry(_("Tasks"), "check", "crm:tasks", position=5, place="menu"))
register_navigation(
    NavigationEntry(_("Write a note"), "message", "crm:log_activity", position=10, place="command", shortcut="n")
)
register_navigation(
    NavigationEntry(_("Write down a task"), "check", "crm:new_task", position=20, place="command", shortcut="t")
)
register_navigation(NavigationEntry(_("Add a client"), "plus", "crm:new_client", position=40, place="command"))
register_navigation(
    NavigationEntry(_("What you are told"), "bell", "crm:news_choice", position=20, place="settings", group="you")
)
register_navigation(
    NavigationEntry(_("API keys"), "key", "crm:api_keys", position=5, place="settings", group="systems")
)
register_navigation(
    NavigationEntry(
        _("Webhooks"),
        "link",
        "crm:webhooks",
        position=10,
        place="settings",
        group="systems",
        covers=("/webhook-messages/",),
    )
)
register_navigation(
    NavigationEntry(_("Clients"), "building", "crm:clients", position=50, covers=("/contacts/", "/duplicates/"))
)
register_navigation(NavigationEntry(_("Export"), "download", "crm:exports", position=9, place="menu"))
register_navigation(
    NavigationEntry(_("Duplicates"), "copy", "crm:duplicates", position=15, place="menu", covers=("/merges/",))
)
register_navigation(
    NavigationEntry(
        _("The record"), "seal", "crm:ledger", position=20, place="settings", group="systems", only="administrator"
    )
)
register_navigation(
    NavigationEntry(
        _("Data requests"),
        "lock",
        "crm:data_requests",
        position=30,
        place="settings",
        group="systems",
        only="administrator",
    )
)
register_navigation(
    NavigationEntry(_("Mails of the demo"), "mail", "crm:outbox", position=10, place="menu", only="demo")
)
register_navigation(NavigationEntry(_("Settings"), "settings", "crm:settings", position=40, place="menu"))
register_navigation(
    NavigationEntry(
        _("Sign-in and security"),
        "key",
        "mfa_index",
        position=10,
        place="settings",
        group="you",
        covers=("/accounts/2fa/", "/accounts/password/", "/accounts/email/"),
    )
)
register_navigation(
    NavigationEntry(
        _("Administration"),
        "settings",
        "admin:index",
        position=90,
        place="settings",
        group="systems",
        only="administrator",
    )
)
register_navigation(
    NavigationEntry(_("Custom fields"), "rows", "crm:custom_fields", position=30, place="settings", group="house")
)
register_navigation(
    NavigationEntry(
        _("People and teams"),
        "people",
        "crm:people",
        position=10,
        place="settings",
        group="house",
        covers=("/settings/teams/",),
    )
)

"""Contacts: people on the buying side or at a partner."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from crm.clock import own_time_zone
from crm.ids import new_id
from crm.models.address_change import AddressChange
from crm.models.participant import Participant
from crm.models.room import Room

if TYPE_CHECKING:
    from crm.actors import Actor


class MailKind(models.TextChoices):
    """The kinds of mail a contact can switch off. Links, codes and reminders come only when somebody asks for them."""

    ASKED = "asked", _("Somebody asks you something")
    RECORDED = "recorded", _("Somebody wrote down an answer of yours")
    RECEIPT = "receipt", _("The receipt of an answer of yours")
    MENTION = "mention", _("Somebody names you with an @")
    THANKS = "thanks", _("Somebody thanks you when we part")


class ContactQuerySet(models.QuerySet["Contact"]):
    """The directory of contacts."""

    def visible_to(self, actor: "Actor") -> "ContactQuerySet":
        """Return every contact for staff; for a participant, the people who are in the same room."""
        if not actor.participant:
            return self
        here = actor.participant.room.participants.filter(contact=OuterRef("pk"), revoked_at=None)
        return self.filter(Exists(here))

    def with_private_details_for(self, actor: "Actor") -> "ContactQuerySet":
        """Annotate `details_visible`: whether the actor may see e-mail and phone, which follow the rooms.

        They are visible to whoever sees a room the contact is in, to whoever entered the contact, and to
        administrators.
        """
        if actor.is_system or (actor.user and actor.user.is_admin):
            return self.annotate(details_visible=models.Value(True))
        rooms = Room.objects.visible_to(actor).filter(pk=OuterRef("room"))
        in_room = Participant.objects.filter(Exists(rooms), contact=OuterRef("pk"))
        entered = models.Q(created_by=actor.user, created_by__isnull=False) if actor.user else models.Q(pk=None)
        return self.annotate(details_visible=models.ExpressionWrapper(Exists(in_room) | entered, models.BooleanField()))

    def with_address_state(self) -> "ContactQuerySet":
        """Annotate `email_confirmed`: false while a new address of somebody who has been in a room waits to be confirmed."""
        waiting = AddressChange.objects.open().filter(contact=OuterRef("pk"))
        return self.annotate(email_confirmed=models.ExpressionWrapper(~Exists(waiting), models.BooleanField()))

    def with_shared_mailbox(self) -> "ContactQuerySet":
        """Annotate `mailbox_is_shared`: somebody said so, or another contact has the same address."""
        others = Contact.objects.filter(email__iexact=OuterRef("email"), archived_at=None).exclude(pk=OuterRef("pk"))
        is_shared = models.Q(shared_mailbox=True) | (~models.Q(email="") & Exists(others))
        return self.annotate(mailbox_is_shared=models.ExpressionWrapper(is_shared, models.BooleanField()))


class Contact(models.Model):
    """A person outside the selling organisation. Two contacts may share an e-mail address (a shared mailbox)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    organization = models.ForeignKey("crm.Organization", models.PROTECT, null=True, blank=True, related_name="contacts")
    title = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    shared_mailbox = models.BooleanField(
        default=False, db_default=False, help_text="Several people read what arrives at this address."
    )
    mails_off = ArrayField(models.CharField(max_length=16, choices=MailKind), default=list, db_default=[], blank=True)
    phone = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, default=own_time_zone)
    locale = models.CharField(max_length=16, default="en")
    shows_writing = models.BooleanField(
        default=True, db_default=True, help_text="Whether others see when they write in a section."
    )
    custom = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="contact_by_name"),
            models.Index(fields=["email"], name="contact_by_email"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="contact_named"),
            GinIndex(OpClass(Upper("email"), "gin_trgm_ops"), name="contact_mailbox"),
        ]

    def __str__(self) -> str:
        return self.name

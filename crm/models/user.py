"""Staff of the selling organisation."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.address import normal_address
from crm.clock import now, own_time_zone
from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class Role(models.TextChoices):
    """What a user is here for. The table "The room" in the product's design says what each role sees."""

    REP = "rep", _("Sales rep")
    MANAGER = "manager", _("Sales manager")
    SUCCESS = "success", _("Customer success")
    DELIVERY = "delivery", _("Delivery")
    ADMIN = "admin", _("Administrator")


class UserQuerySet(models.QuerySet["User"]):
    """Staff. All staff see each other; participants see only the members of their room (`Room.members`)."""

    def visible_to(self, actor: "Actor") -> "UserQuerySet":
        """Return every user for staff, none for participants."""
        return self if actor.is_seller else self.none()

    def active(self) -> "UserQuerySet":
        """Return those who can sign in."""
        return self.filter(is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes users; addresses are kept in their normal form."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a user. Without a password nobody can sign in as them."""
        user: User = self.model(email=normal_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create an administrator, for `manage.py createsuperuser`."""
        return self.create_user(email, password, **{"role": Role.ADMIN, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    """A person on the selling side. Signs in with e-mail and password, a second factor or a passkey."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True, help_text=_("What it says on their card."))
    role = models.CharField(max_length=8, choices=Role, default=Role.REP)
    team = models.ForeignKey("crm.Team", models.PROTECT, null=True, blank=True, related_name="users")
    time_zone = models.CharField(max_length=64, default=own_time_zone)
    locale = models.CharField(max_length=16, default="en")
    shows_writing = models.BooleanField(
        default=True, db_default=True, help_text=_("Whether others see when they write in a section.")
    )
    news_off = ArrayField(
        models.CharField(max_length=16),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Kinds not told in the app."),
    )
    mails_off = ArrayField(
        models.CharField(max_length=16), default=list, db_default=[], blank=True, help_text=_("Kinds not told by mail.")
    )
    unread = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    digest_on = models.DateField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name, as Django's admin and mails ask for it."""
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin page opens: for administrators only."""
        return self.is_active and self.role == Role.ADMIN

    @property
    def is_admin(self) -> bool:
        """Whether the user sees everything (and still answers for nobody)."""
        return self.role == Role.ADMIN

    @property
    def is_manager(self) -> bool:
        """Whether the user may waive what a manager may waive."""
        return self.role in (Role.MANAGER, Role.ADMIN)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether Django's admin lets the user do `perm`: administrators, with what the admin page offers at all.

        Groups and addresses of sign-in are kept in one place only: roles, and the user's own address.
        """
        return self.is_staff and perm.split(".")[0] not in ("auth", "account")

    def has_module_perms(self, app_label: str) -> bool:
        """Whether Django's admin lists an app for the user."""
        return self.has_perm(f"{app_label}.")

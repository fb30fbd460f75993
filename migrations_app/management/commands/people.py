"""`manage.py people`: add a person, give a role, take one away, see who holds what."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from migrations_app.actions.people import grant, revoke
from migrations_app.domain.plan.people import Role
from migrations_app.management.books import stored
from migrations_app.management.say import WELL, plainly
from migrations_app.models import Membership

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Adds people, and gives them roles in a migration."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("add", help="a new person; asks for a password").add_argument("user")
        for verb, what in (("grant", "give a role"), ("revoke", "take a role away")):
            one = verbs.add_parser(verb, help=what)
            one.add_argument("slug")
            one.add_argument("user")
            one.add_argument("role", choices=[str(role) for role in Role])
            if verb == "grant":
                one.add_argument("--backup", action="store_true", help="stands in for the holder")
        verbs.add_parser("list", help="who holds what").add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "add":
                self._add(options["user"])
            case "list":
                self._list(options["slug"])
            case verb:
                with plainly():
                    self._change(verb, options)

    def _add(self, username: str) -> None:
        users = get_user_model()
        if users.objects.filter(username=username).exists():
            raise CommandError(f'There is a user "{username}" already.')
        user = users(username=username)
        password = _password()
        try:
            user.full_clean(exclude=["password"])
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save()
        self.stdout.write(f"{WELL} {username} can log in, and holds no role yet")

    def _change(self, verb: str, options: dict[str, Any]) -> None:
        slug, user, role = options["slug"], options["user"], Role(options["role"])
        spoken = role.replace("_", " ")
        if verb == "revoke":
            revoke(slug, user, role)
            self.stdout.write(f"{WELL} {user} is no longer {spoken} of {slug}")
            return
        fresh = grant(slug, user, role, backup=options["backup"])
        self.stdout.write(f"{WELL} {user} is {'now' if fresh else 'already'} {spoken} of {slug}")

    def _list(self, slug: str) -> None:
        stored(slug)
        seats = Membership.objects.filter(migration__slug=slug).select_related("user")
        for one in seats.order_by("role", "backup", "user__username"):
            notes = ["backup"] * one.backup + ["inactive"] * (not one.user.is_active)
            told = f" ({', '.join(notes)})" if notes else ""
            self.stdout.write(f"{one.role:<15} {one.user.get_username()}{told}")


def _password() -> str:
    """Asked for twice at a terminal; else the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass("Password: ")
    if first != getpass("Again: "):
        raise CommandError("The two are not the same.")
    return first

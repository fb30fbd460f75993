"""`manage.py token`: make one for a person, list them, revoke one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from migrations_app.actions.tokens import issue, revoke
from migrations_app.management.say import WELL, plainly
from migrations_app.reads.tokens import Scope, tokens

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Makes, lists and revokes tokens for the HTTP API."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        made = verbs.add_parser("create", help="make one; it is printed once")
        made.add_argument("user")
        made.add_argument(
            "--scope", action="append", required=True, choices=[str(scope) for scope in Scope]
        )
        made.add_argument("--days", type=int, required=True, help="how long it counts")
        made.add_argument("--name", default="", help="what it is for, in the list")
        verbs.add_parser("list", help="every token, newest first; no secret is known any more")
        revoked = verbs.add_parser("revoke", help="from now on it counts for nothing")
        revoked.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        with plainly():
            match options["verb"]:
                case "create":
                    self._create(options)
                case "revoke":
                    token = revoke(options["id"])
                    self.stdout.write(f"{WELL} token {token.pk} of {token.user} is revoked")
                case _:
                    self._list()

    def _create(self, options: dict[str, Any]) -> None:
        """The secret alone on stdout, so that a script can take it; the rest on stderr."""
        scopes = [Scope(scope) for scope in dict.fromkeys(options["scope"])]
        made = issue(options["user"], options["name"], scopes, options["days"])
        self.stdout.write(made.secret)
        until = f"{made.expires_at:%Y-%m-%d %H:%M} UTC"
        self.stderr.write(
            f"{WELL} token {made.id} speaks for {options['user']} until {until}. It is shown this "
            "once and kept nowhere.",
            str,
        )

    def _list(self) -> None:
        for one in tokens():
            until = f"{one.expires_at:%Y-%m-%d}" if one.expires_at else "for ever"
            scopes = ",".join(one.scopes)
            row = f"{one.id:>4}  {one.state:<13}  {one.username:<16}  {scopes:<28}  {until}"
            self.stdout.write(f"{row}  {one.name}")

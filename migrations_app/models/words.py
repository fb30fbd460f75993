"""What of an entry is searched, as the database indexes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

_SQL = """
to_tsvector('simple'::regconfig, regexp_replace(
  {sentence} || ' ' || {actor} || ' ' || coalesce({payload} ->> 'reason', '')
    || ' ' || coalesce({payload} ->> 'body', ''),
  '[!-/:-@[-`{{-~]+', ' ', 'g'))
"""


class Words(Func):
    """The words of an entry's sentence, actor, reason and body, in whatever language they are.

    Punctuation parts words, so that `orders-db` is found by `db`, and no address or number is a
    word of a kind of its own. The index and the search have to spell this alike: both use this.
    """

    function = "to_tsvector"
    output_field = SearchVectorField()
    arity = 3

    def __init__(self, *columns: object, **_: object) -> None:
        super().__init__(*(columns or ("sentence", "actor", "payload")))

    def as_sql(  # type: ignore[override]  # every way to spell it is ours
        self, compiler: SQLCompiler, *_: object, **__: object
    ) -> tuple[str, list[object]]:
        """One spelling, without a parameter in it."""
        names = ("sentence", "actor", "payload")
        columns = [compiler.compile(one)[0] for one in self.get_source_expressions()]
        spelled = dict(zip(names, columns, strict=True))
        return " ".join(_SQL.format(**spelled).split()), []

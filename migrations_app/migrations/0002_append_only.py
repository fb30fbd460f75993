"""Law 8: the database itself refuses to edit or delete what happened."""

from django.db import migrations

TABLES = ("event", "decision", "latch", "reading", "signoff", "idempotencykey")

FUNCTION = """
CREATE FUNCTION warroom_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: a correction is a new entry', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
"""

ROW = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON migrations_app_{table}
  FOR EACH ROW EXECUTE FUNCTION warroom_append_only();
"""

WHOLE = """
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON migrations_app_{table}
  FOR EACH STATEMENT EXECUTE FUNCTION warroom_append_only();
"""


def forwards() -> str:
    triggers = [(ROW + WHOLE).format(table=table) for table in TABLES]
    return FUNCTION + "".join(triggers)


def backwards() -> str:
    drops = [
        f"DROP TRIGGER append_only ON migrations_app_{table};"
        f"DROP TRIGGER append_only_whole ON migrations_app_{table};"
        for table in TABLES
    ]
    return "".join(drops) + "DROP FUNCTION warroom_append_only();"


class Migration(migrations.Migration):
    dependencies = [("migrations_app", "0001_the_nouns")]
    operations = [migrations.RunSQL(forwards(), backwards())]

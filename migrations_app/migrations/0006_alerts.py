import django.db.models.deletion
from django.db import migrations, models

import migrations_app.models.clock


class Migration(migrations.Migration):
    dependencies = [
        ("migrations_app", "0005_planes"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertSender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender", models.CharField(max_length=12, unique=True)),
                ("heard_at", models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender", models.CharField(max_length=12)),
                ("fingerprint", models.CharField(max_length=64)),
                ("labels", models.JSONField(default=dict)),
                ("firing", models.BooleanField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("firing", True)), fields=["sender"], name="alert_firing"),
                    models.Index(condition=models.Q(("firing", False)), fields=["received_at"], name="alert_over"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("sender", "fingerprint"), name="alert_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alert", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="told", to="migrations_app.alert")),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="alerts_told", to="migrations_app.run")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "alert"), name="alert_told_once")
                ],
            },
        ),
    ]

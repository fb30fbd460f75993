import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.fields.json
import migrations_app.domain.plan.people
import migrations_app.models.clock
import migrations_app.models.words
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('migrations_app', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cached',
            fields=[
                ('cache_key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('expires', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('dri', 'dri'), ('comms_lead', 'comms_lead'), ('database', 'database'), ('infrastructure', 'infrastructure'), ('observer', 'observer')], max_length=20)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('offered_at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
                ('answered_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='Inbound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name='Knocks',
            fields=[
                ('who', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('until', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('state', models.CharField(default='queued', max_length=8)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('not_before', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
                ('lease_until', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
                ('sent_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Nudge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(max_length=90)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name='Runbook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan_sha256', models.CharField(max_length=64)),
                ('sha256', models.CharField(max_length=64)),
                ('text', models.TextField()),
                ('loaded_at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name='SlackAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('team', models.CharField(max_length=40)),
                ('account', models.CharField(max_length=40)),
                ('team_name', models.CharField(blank=True, max_length=80)),
                ('account_name', models.CharField(blank=True, max_length=80)),
                ('linked_at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name='SlackQuote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=40)),
                ('ts', models.CharField(max_length=24)),
            ],
        ),
        migrations.CreateModel(
            name='StatusLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=80)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StatusPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('open_to', models.CharField(default='nobody', max_length=10)),
                ('slug', models.SlugField(blank=True, max_length=80)),
                ('title', models.CharField(max_length=200)),
                ('intro', models.CharField(blank=True, max_length=500)),
                ('said', models.JSONField(default=dict)),
                ('etag', models.CharField(blank=True, max_length=64)),
                ('said_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StepNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leg', models.PositiveIntegerField()),
                ('phase', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
                ('text', models.CharField(max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='StepTaken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leg', models.PositiveIntegerField()),
                ('phase', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
            ],
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('asked_at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('left_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Update',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('begun_seq', models.PositiveIntegerField(default=0)),
                ('audience', models.CharField(max_length=10)),
                ('state', models.CharField(default='draft', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('template', models.CharField(blank=True, max_length=40)),
                ('stage', models.CharField(blank=True, max_length=20)),
                ('impact', models.CharField(blank=True, max_length=20)),
                ('headline', models.CharField(max_length=200)),
                ('body', models.TextField(blank=True)),
                ('components', models.JSONField(default=dict)),
                ('next_in', models.DurationField(null=True)),
                ('next_at', models.DateTimeField(null=True)),
                ('leaks_accepted', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=migrations_app.models.clock.ClockTimestamp())),
                ('published_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('run', 'number'),
            },
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['run', 'kind', 'seq'], name='event_kind_seq'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(models.F('run'), django.db.models.fields.json.KeyTextTransform('about', 'payload'), condition=models.Q(('kind', 'note')), name='event_note_about'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=django.contrib.postgres.indexes.GinIndex(migrations_app.models.words.Words(), name='event_words'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('backup', False), ('role', migrations_app.domain.plan.people.Role['DRI'])), fields=('migration',), name='one_dri'),
        ),
        migrations.AddField(
            model_name='handover',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='handover',
            name='migration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='migrations_app.migration'),
        ),
        migrations.AddField(
            model_name='handover',
            name='taker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='nudge',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nudges', to='migrations_app.run'),
        ),
        migrations.AddField(
            model_name='nudge',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pin',
            name='event',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pin', to='migrations_app.event'),
        ),
        migrations.AddField(
            model_name='pin',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to='migrations_app.run'),
        ),
        migrations.AddField(
            model_name='presence',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='migrations_app.run'),
        ),
        migrations.AddField(
            model_name='presence',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='runbook',
            name='migration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runbooks', to='migrations_app.migration'),
        ),
        migrations.AddField(
            model_name='run',
            name='runbook',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='migrations_app.runbook'),
        ),
        migrations.AddField(
            model_name='slackaccount',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slack_accounts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='slackquote',
            name='event',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='slack_quote', to='migrations_app.event'),
        ),
        migrations.AddField(
            model_name='slackquote',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slack_quotes', to='migrations_app.run'),
        ),
        migrations.AddField(
            model_name='statuslink',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statuspage',
            name='migration',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='status_page', to='migrations_app.migration'),
        ),
        migrations.AddField(
            model_name='statuslink',
            name='page',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='migrations_app.statuspage'),
        ),
        migrations.AddField(
            model_name='stepnote',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='step_notes', to='migrations_app.run'),
        ),
        migrations.AddField(
            model_name='steptaken',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps_taken', to='migrations_app.run'),
        ),
        migrations.AddField(
            model_name='steptaken',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='page',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscribers', to='migrations_app.statuspage'),
        ),
        migrations.AddField(
            model_name='letter',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='migrations_app.subscriber'),
        ),
        migrations.AddField(
            model_name='update',
            name='approver',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='update',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='update',
            name='event',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='update', to='migrations_app.event'),
        ),
        migrations.AddField(
            model_name='update',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='migrations_app.run'),
        ),
        migrations.AddField(
            model_name='letter',
            name='update',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='migrations_app.update'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('migration', 'role', 'giver'), name='one_open_offer'),
        ),
        migrations.AddIndex(
            model_name='nudge',
            index=models.Index(fields=['run', 'at'], name='nudges_of_run'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('run', 'user'), name='one_presence'),
        ),
        migrations.AddConstraint(
            model_name='runbook',
            constraint=models.UniqueConstraint(fields=('migration', 'sha256'), name='runbook_text_once'),
        ),
        migrations.AddConstraint(
            model_name='slackaccount',
            constraint=models.UniqueConstraint(fields=('team', 'account'), name='one_owner'),
        ),
        migrations.AddConstraint(
            model_name='slackquote',
            constraint=models.UniqueConstraint(fields=('run', 'channel', 'ts'), name='quoted_once'),
        ),
        migrations.AddConstraint(
            model_name='statuspage',
            constraint=models.CheckConstraint(condition=models.Q(('open_to__in', ('nobody', 'link', 'everybody'))), name='status_open_to_known'),
        ),
        migrations.AddConstraint(
            model_name='statuspage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('open_to', 'everybody'), _negated=True), models.Q(('slug', ''), _negated=True), _connector='OR'), name='open_has_address'),
        ),
        migrations.AddConstraint(
            model_name='statuspage',
            constraint=models.UniqueConstraint(condition=models.Q(('slug', ''), _negated=True), fields=('slug',), name='one_address'),
        ),
        migrations.AddIndex(
            model_name='stepnote',
            index=models.Index(fields=['run', 'leg', 'phase'], name='notes_of_phase'),
        ),
        migrations.AddConstraint(
            model_name='steptaken',
            constraint=models.UniqueConstraint(fields=('run', 'leg', 'phase', 'name'), name='step_taken_once'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(fields=('page', 'email'), name='one_subscription'),
        ),
        migrations.AddConstraint(
            model_name='update',
            constraint=models.UniqueConstraint(fields=('run', 'number'), name='one_update_number'),
        ),
        migrations.AddConstraint(
            model_name='update',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ('internal', 'public'))), name='update_audience_known'),
        ),
        migrations.AddConstraint(
            model_name='update',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('event__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='published_says_when'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['not_before'], name='letter_queued'),
        ),
    ]

from django.db import migrations, models
from django.db.models import F, Q


def let_lapse(apps, schema_editor):
    """Let the moves lapse that the deal went past, or that it came back before."""
    moves = apps.get_model("deals", "StageMove").objects.filter(executed_at=None)
    gone = moves.exclude(from_stage=F("deal__stage")) | moves.filter(created_at__lt=F("deal__stage_entered_at"))
    at = models.Subquery(apps.get_model("deals", "Deal").objects.filter(pk=models.OuterRef("deal")).values("stage_entered_at"))
    moves.filter(pk__in=gone.values("pk")).update(lapsed_at=at)


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0007_move_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagemove',
            name='lapsed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(
            model_name='stagemove',
            name='stage_move_open_once',
        ),
        migrations.AddConstraint(
            model_name='stagemove',
            constraint=models.UniqueConstraint(condition=Q(('executed_at', None), ('lapsed_at', None)), fields=('deal', 'from_stage', 'to_stage'), name='stage_move_one_open', nulls_distinct=False),
        ),
        migrations.RunPython(let_lapse, migrations.RunPython.noop, elidable=True),
    ]

"""The two pipelines every installation starts with. Later sections add their gates by migrations of their own."""

from django.db import migrations

DEFAULT = (
    ("Meet", "Is this worth talking about?", ()),
    ("Understand", "Is this our problem?", ("problem_agreed",)),
    ("Define success", "Is this what success means to us?", ("must_have_measurable", "criteria_agreed")),
    ("Test", "Could it work for us?", ()),
    ("Plan", "Do we know how to get there?", ("success_owner_named",)),
    ("Agree", "Are we both better off?", ()),
)
SHORT = (
    ("Meet", "Is this worth talking about?", ()),
    ("Agree", "Are we both better off?", ("problem_agreed", "criteria_agreed")),
)


def seed(apps, schema_editor):
    """Make Default and Short with their stages and gates."""
    pipeline_model = apps.get_model("deals", "Pipeline")
    stage_model = apps.get_model("deals", "Stage")
    gate_model = apps.get_model("deals", "StageGate")
    for place, (name, stages) in enumerate((("Default", DEFAULT), ("Short", SHORT))):
        pipeline = pipeline_model.objects.create(name=name, slug=name.lower(), position=place)
        for position, (stage_name, question, gates) in enumerate(stages):
            stage = stage_model.objects.create(pipeline=pipeline, name=stage_name, question=question, position=position)
            for order, code in enumerate(gates):
                gate_model.objects.create(stage=stage, code=code, position=order)


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]

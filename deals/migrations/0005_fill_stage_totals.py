"""Deals come into the team of their room and know whether they wait; the totals of the stages begin with what there is.

What a release that knows nothing of this writes while it runs is set right by `manage.py recount_stage_totals`, which
also runs each night.
"""

from django.db import migrations

INTO_TEAM = """
UPDATE deals_deal SET team_id = crm_room.team_id, version = deals_deal.version + 1
FROM crm_room WHERE crm_room.id = deals_deal.room_id AND crm_room.team_id <> deals_deal.team_id
"""
WAITING = """
UPDATE deals_deal SET waits_for_client = true WHERE id IN (
    SELECT deal_id FROM deals_section JOIN crm_consent ON subject_id = deals_section.id WHERE answer = 'asked'
    UNION ALL
    SELECT deal_id FROM deals_stagemove JOIN crm_consent ON subject_id = deals_stagemove.id WHERE answer = 'asked'
)
"""
FILL = """
INSERT INTO deals_stagetotal (stage_id, status, waits_for_client, team_id, owner_id, currency, deals, priced, amount)
SELECT stage_id, status, waits_for_client, team_id, owner_id, currency, count(*), count(amount), coalesce(sum(amount), 0)
FROM deals_deal WHERE archived_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0004_stage_totals")]

    operations = [
        migrations.RunSQL(INTO_TEAM, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
    ]

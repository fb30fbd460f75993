"""Plans that promise to tell what they can't."""

from __future__ import annotations

from tests.domain.lint.broken.base import Broken, W

_WORDING = {"template": "moved", "audience": "public", "headline": "We moved", "body": ""}


COMMS = [
    Broken(
        "template_variable",
        {"comms": {"templates": [_WORDING | {"headline": "In {phase}"}]}},
        "comms.templates[0].headline",
        "have no {phase}",
    ),
    Broken(
        "template_leaks",
        {"comms": {"templates": [_WORDING | {"body": "db-prod-3 first"}]}},
        "comms.templates[0]",
        "looks like the name of a machine",
        W,
    ),
    Broken("updates_unowned", {"comms": {"cadence": "20m"}}, "comms.cadence", "no comms_lead", W),
    Broken("updates_too_often", {"comms": {"cadence": "1m"}}, "comms.cadence", "15 to 30", W),
]

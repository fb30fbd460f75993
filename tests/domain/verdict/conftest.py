from __future__ import annotations

from hypothesis import settings

# How long an example takes on a busy machine proves nothing.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

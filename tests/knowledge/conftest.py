"""Property tests here are not timed: the machine may be busy, and slow cases have tests of their own."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

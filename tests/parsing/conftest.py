"""Property tests here assert what is true, never how fast: other work on the machine must not fail them."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

"""The operator's settings: what they are (`model`) and where they come from (`loading`).

Importing builds nothing: `load` is given the file and the environment.
"""

from bot.config.loading import load
from bot.config.model import Settings

__all__ = ["Settings", "load"]

"""How the bot and its parsing processes talk over pipes. Knows no parser: the bot itself loads none."""

import struct
from typing import Any

READY = b"!"  # Sent once, when the process can take requests.
REQUEST = struct.Struct("!I")  # The length of a pickled pair: the job, its arguments.
RESULT = struct.Struct("!I?")  # The length of a pickled `Result`; whether it is this process's last.

Result = tuple[str, Any]  # ("ok", value), ("unreadable", text for the publisher) or ("fault", text for us)

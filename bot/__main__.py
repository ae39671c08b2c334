"""The command line: `nightdesk run`, `nightdesk demo`, `nightdesk check`."""


def main() -> None:
    """Entry point of the `nightdesk` command."""

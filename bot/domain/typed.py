"""What people type into an option, made comparable. Pure: understands nothing of it."""

_LONGEST = 100  # No sensible time or zone is longer; Discord lets an option have 6,000 characters.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def tidy(text: str, *, longest: int = _LONGEST) -> str:
    """Lower case with single spaces; full-width characters, as Japanese keyboards write them, made narrow.

    A text longer than `longest` characters comes back empty: nothing that follows may take long over it.
    """
    if len(text) > longest:
        return ""
    return " ".join(text.translate(_NARROW).lower().split())

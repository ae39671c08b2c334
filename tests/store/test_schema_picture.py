import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


async def test_the_picture_shows_the_schema_as_the_migrations_make_it() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "draw_schema.py"))
    assert (ROOT / "docs" / "schema.dot").read_text() == await script["draw"]()

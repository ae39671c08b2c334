"""Draws the database's schema, as the migrations make it, to docs/schema.dot; with Graphviz also docs/schema.svg."""

import asyncio
import shutil
import subprocess
import tempfile
from pathlib import Path

from bot.store.database import Database, Transaction

DOCS = Path(__file__).parents[1] / "docs"


async def draw() -> str:
    """The schema as a Graphviz graph: a box for each table, an arrow for each foreign key."""
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "schema.db")
        try:
            tables = await database.read.all(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            )
            parts = [await _table(database.read, row["name"]) for row in tables]
        finally:
            await database.close()
    head = 'digraph schema {\n  rankdir=LR; bgcolor=white; node [shape=plain fontname="Helvetica" fontsize=11];\n'
    return head + "".join(parts) + "}\n"


async def _table(read: Transaction, name: str) -> str:
    columns = await read.all(f"PRAGMA table_info({name})")
    keys = await read.all(f"PRAGMA foreign_key_list({name})")
    rows = "".join(
        f'<tr><td port="{c["name"]}" align="left">{c["name"]}</td>'
        f'<td align="left"><font color="#667085">{c["type"].lower()}</font></td></tr>'
        for c in columns
    )
    title = f'<tr><td colspan="2" bgcolor="#dcecf2"><b>{name}</b></td></tr>'
    table = f'<table border="0" cellborder="1" cellspacing="0" cellpadding="4">{title}{rows}</table>'
    box = f"  {name} [label=<{table}>];\n"
    return box + "".join(f'  {name}:{k["from"]} -> {k["table"]}:{k["to"]} [color="#667085"];\n' for k in keys)


def main() -> None:
    """Write the graph, and the picture if it can be drawn."""
    graph = DOCS / "schema.dot"
    graph.write_text(asyncio.run(draw()), encoding="utf-8")
    dot = shutil.which("dot")
    if dot is None:
        print("docs/schema.dot is written; install Graphviz to draw docs/schema.svg from it")
        return
    subprocess.run([dot, "-Tsvg", str(graph), "-o", str(DOCS / "schema.svg")], check=True)


if __name__ == "__main__":
    main()

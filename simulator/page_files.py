"""Serves the browser page's files. The page itself lives in `simulator/page/`."""

from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "page"


def serve_page(app: web.Application) -> None:
    """`/` is the page, `/page/…` its files; without the folder, `/` says that there is no page."""

    async def index(_: web.Request) -> web.StreamResponse:
        page = FOLDER / "index.html"
        if not page.is_file():
            raise web.HTTPNotFound(text="This installation has no page; the APIs work all the same.")
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    app.router.add_get("/", index)
    if FOLDER.is_dir():
        app.router.add_static("/page", FOLDER)

"""Starts a server as a stranger would, and reads a page with everything it names.

`python -m tests.house.serving FOLDER` does so with the wheel installed into FOLDER/venv.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import requests

TIMEOUT_S = 30


@contextmanager
def serving(command: Sequence[str], *, cwd: Path, env: dict[str, str], user_id: int | None = None) -> Iterator[str]:
    """Start a server, yield the URL it prints, end it with the block; the block's error has the server's words."""
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, user=user_id
    ) as server:
        try:
            yield _address(server)
        except Exception as error:
            server.terminate()
            error.add_note(f"The server said: {server.stdout.read() if server.stdout else ''}")
            raise
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    said: list[str] = []
    for line in server.stdout or ():
        said.append(line)
        listening = re.search(r"Listening at: (http://\S+)", line)
        if listening:
            return listening[1]
    raise AssertionError("The server ended before it listened:\n" + "".join(said))


class _Assets(HTMLParser):
    """Collects what a page needs besides itself: scripts, sheets, icons, pictures, sounds."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {"script": "src", "link": "href", "img": "src", "audio": "src", "source": "src"}
        path = dict(attrs).get(names.get(tag, ""))
        if path and not path.startswith("data:"):
            self.paths.append(path)


def fetch_page_and_assets(url: str) -> dict[str, int]:
    """Fetch a page (through its redirects) and every asset it names; return each asset's size in bytes as served."""
    page = requests.get(url, timeout=TIMEOUT_S)
    page.raise_for_status()
    parser = _Assets()
    parser.feed(page.text)
    sizes: dict[str, int] = {}
    for path in parser.paths:
        asset = requests.get(urljoin(page.url, path), timeout=TIMEOUT_S)
        asset.raise_for_status()
        sizes[path] = len(asset.content)
    return sizes


def main(folder: Path) -> None:
    """Make a database in the folder with the `wms` installed there, serve it, and say what was fetched."""
    programs = folder.resolve() / "venv" / "bin"
    env = {key: value for key, value in os.environ.items() if not key.startswith(("WMS_", "PYTHON"))}
    _ = subprocess.run([programs / "wms", "db", "upgrade"], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    gunicorn = [str(programs / "gunicorn"), "--bind", "127.0.0.1:0", "wms.app:create_app()"]
    with serving(gunicorn, cwd=folder, env=env) as url:
        sizes = fetch_page_and_assets(url)
    print(f"The wheel serves a page and its {len(sizes)} assets ({sum(sizes.values())} bytes).")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

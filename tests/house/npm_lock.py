"""Leave names, versions and hashes in npm's lock files: `python -m tests.house.npm_lock FILE ...`."""

import json
import sys
from pathlib import Path


def main(files: list[str]) -> None:
    """Write each lock file again without its packages' funding addresses, the only ones that npm keeps by itself."""
    for file in map(Path, files):
        lock = json.loads(file.read_text())
        for package in lock["packages"].values():
            _ = package.pop("funding", None)
        _ = file.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

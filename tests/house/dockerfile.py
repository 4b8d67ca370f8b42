"""Runs a Dockerfile's steps without Docker: a stage is a folder, and its base image a fresh virtual environment."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

IMAGE_FOLDERS = re.compile(r"(?<![\w.])/(?=(?:src|tmp|data|compiled)\b)")
CONTEXT_LEFT_OUT = shutil.ignore_patterns("vendor", "__pycache__")


@dataclass(kw_only=True, slots=True)
class Stage:
    """One FROM: where its files are, and what its commands see."""

    root: Path
    workdir: Path
    env: dict[str, str]
    user_id: int | None = None
    healthcheck: str = ""
    command: str = ""

    def on_disk(self, words: str) -> str:
        """Return a step's words with the image's folders replaced by this stage's."""
        return IMAGE_FOLDERS.sub(f"{self.root}/", words)

    def run(self, command: str) -> None:
        """Run a shell command of the stage and show its output where it fails."""
        done = subprocess.run(
            ["sh", "-c", self.on_disk(command)],
            cwd=self.workdir,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            user=self.user_id,
        )
        if done.returncode:
            raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")


@dataclass(kw_only=True, slots=True)
class Build:
    """A build under way: its context, and the stages so far by name."""

    context: Path
    folder: Path
    stages: dict[str, Stage] = field(default_factory=dict)

    def run(self, dockerfile: str) -> Stage:
        """Run every step and return the last stage."""
        lines = re.sub(r"\\\n", " ", dockerfile).splitlines()
        stage: Stage | None = None
        for line in lines:
            if not line or line.startswith("#"):
                continue
            keyword, _, words = line.partition(" ")
            if keyword == "FROM":
                stage = self._start(words)
            elif stage is not None:
                self._step(stage, keyword, words)
        if stage is None:
            raise AssertionError("The Dockerfile has no FROM.")
        return stage

    def _start(self, words: str) -> Stage:
        name = words.partition(" AS ")[2] or "final"
        root = self.folder / name
        _ = subprocess.run([_python_for_everyone(), "-m", "venv", root / "python"], check=True)
        for folder in ("tmp", "work"):
            (root / folder).mkdir()
        env = {key: value for key, value in os.environ.items() if not key.startswith(("WMS_", "PYTHON", "VIRTUAL_"))}
        env |= {"PATH": f"{root / 'python/bin'}:{os.environ['PATH']}", "HOME": str(root / "tmp")}
        self.stages[name] = Stage(root=root, workdir=root / "work", env=env)
        return self.stages[name]

    def _step(self, stage: Stage, keyword: str, words: str) -> None:
        if keyword == "ENV":
            stage.env |= dict(part.split("=", 1) for part in shlex.split(stage.on_disk(words)))
            _ = stage.env.pop("PIP_NO_CACHE_DIR", None)  # spares an image megabytes, and would cost a test minutes
        elif keyword == "WORKDIR":
            stage.workdir = Path(stage.on_disk(words))
            stage.workdir.mkdir(exist_ok=True)
        elif keyword == "COPY":
            self._copy(stage, shlex.split(words))
        elif keyword == "RUN":
            stage.run(words if os.geteuid() == 0 else re.sub(r"chown \S+ \S+", "true", words))
            if "/compiled" in words:
                self._bring_compiled(Path(stage.env["NUMBA_CACHE_DIR"]))
        elif keyword == "USER":
            stage.user_id = int(words.partition(":")[0]) if os.geteuid() == 0 else None
        elif keyword == "HEALTHCHECK":
            stage.healthcheck = words.removeprefix("CMD ")
        elif keyword == "CMD":
            stage.command = stage.on_disk(words)
        else:
            raise AssertionError(f"Teach tests/house/dockerfile.py the step {keyword}.")

    def _bring_compiled(self, folder: Path) -> None:
        """Bring what this machine has compiled of the same sources: to compile it again would cost a test minutes."""
        owner = folder.stat()
        for kept in (self.context / "wms" / "batching" / "kernel" / "__pycache__").glob("*.nb[ic]"):
            brought = shutil.copy(kept, folder)
            os.chown(brought, owner.st_uid, owner.st_gid)

    def _copy(self, stage: Stage, words: list[str]) -> None:
        origin = self.stages[words.pop(0).removeprefix("--from=")] if words[0].startswith("--from=") else None
        *sources, target_word = words
        target = stage.workdir / stage.on_disk(target_word)
        for word in sources:
            source = Path(origin.on_disk(word)) if origin else self.context / word
            if source.is_dir():
                _ = shutil.copytree(source, target, ignore=CONTEXT_LEFT_OUT)
            else:
                _ = shutil.copy(source, target)


def _python_for_everyone() -> Path:
    """Return a Python 3.11 or later that a plain user may run too: this one, or the distribution's."""
    for python in (Path(sys.executable).resolve(), Path("/usr/bin/python3").resolve()):
        open_to_all = python.exists() and all(folder.stat().st_mode & 0o005 == 0o005 for folder in python.parents)
        if open_to_all and _is_recent(python):
            return python
    raise AssertionError(
        "Install a Python 3.11 or later that every user may run (Debian: apt-get install python3-venv)."
    )


def _is_recent(python: Path) -> bool:
    test = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", test], check=False, capture_output=True).returncode == 0

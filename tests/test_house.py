"""The laws of the house: sizes, names, imports, locks and addresses."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.source import ROOT, files, functions, place, text_of

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_TEMPLATE_LINES = 100
MAX_MAKE_TARGETS = 10
NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")


def _sources() -> list[Path]:
    """Return the files people write; Alembic writes the migrations, and nobody edits one later."""
    return [path for path in files(".py", ".js", ".css") if path.parent != ROOT / "wms" / "migrations" / "versions"]


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {place(path): len(text_of(path).splitlines()) for path in _sources()}
    assert {at: lines for at, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    too_long = [
        f"{place(path, node.lineno)} {node.name}"
        for path in _sources()
        if path.suffix == ".py"
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert too_long == []


def test_no_template_is_longer_than_100_lines() -> None:
    lengths = {place(path): len(text_of(path).splitlines()) for path in files(".html")}
    assert {at: lines for at, lines in lengths.items() if lines > MAX_TEMPLATE_LINES} == {}


def test_a_locked_row_may_be_referred_to() -> None:
    locks = [
        place(path, node.lineno)
        for path in files(".py")
        if path.is_relative_to(ROOT / "wms")
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.Call)
        and "with_for_update" in ast.unparse(node.func) + " ".join(word.arg or "" for word in node.keywords)
        and "key_share" not in ast.unparse(node)
    ]
    assert locks == []


def test_what_locks_rows_has_a_name_of_its_own() -> None:
    # Who mixes two up takes the locks in a sequence that nobody else keeps.
    names = [
        function.name
        for path in files(".py")
        if path.is_relative_to(ROOT / "wms")
        for function in functions(path)
        if function.name.startswith("locked_")
    ]
    assert sorted(names) == sorted(set(names))


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [
        place(path)
        for path in files(".py", ".js", ".html", ".css")
        if NAMES_THAT_SAY_NOTHING & {*path.relative_to(ROOT).parent.parts, path.stem.strip("_")}
    ]
    assert vague == []


def test_an_import_inside_a_function_gives_its_reason() -> None:
    unexplained = [
        place(path, statement.lineno)
        for path in files(".py")
        for function in functions(path)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Import | ast.ImportFrom) and not _gives_a_reason(path, statement.lineno)
    ]
    assert unexplained == []


def test_a_silenced_checker_gives_its_reason() -> None:
    silencer = re.compile(r"# *(noqa|type: *ignore|pyright: *ignore|pragma: no cover)")
    unexplained = [
        place(path, number)
        for path in files(".py")
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if silencer.search(line) and "re.compile(" not in line and not _gives_a_reason(path, number)
    ]
    assert unexplained == []


def _gives_a_reason(path: Path, number: int) -> bool:
    """Say whether the comment on a line, or the one just above it, holds more than codes that silence a checker."""
    above, line = ["", *text_of(path).splitlines()][number - 1 : number + 1]
    comment = "".join(line.partition("#")[1:]) + (above if above.lstrip().startswith("#") else "")
    words = re.sub(r"noqa:?|type: *ignore|pyright: *ignore|pragma: no cover|\[[^]]*\]|\b[A-Z]+\d+\b", " ", comment)
    return len(re.findall(r"[a-zA-Z']{2,}", words)) > 0


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|\shx-on|<script(?![^>]*\ssrc=)")
    found = [
        place(path, number)
        for path in files(".html")
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if inline.search(line)
    ]
    assert found == []


def test_the_locks_hold_hashes_and_no_addresses() -> None:
    for name in LOCKS:
        lock = (ROOT / name).read_text()
        requirements = re.findall(r"^[a-z][^ ]*==.*$", lock, re.MULTILINE)
        assert len(requirements) > 5, name
        assert all(line.endswith("\\") for line in requirements), name
        assert not re.search(r"://|--find-links|--(extra-)?index", lock), name
    for name in ("package-lock.json", "tests/peers/prism/package-lock.json"):
        lock = (ROOT / name).read_text()
        packages = json.loads(lock)["packages"]
        assert "://" not in lock, name
        assert all("resolved" not in package for package in packages.values()), name
        assert all("integrity" in package for path, package in packages.items() if path), name


def test_the_installed_packages_agree_with_one_another() -> None:
    check = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout


def test_every_dependency_and_every_ignored_rule_says_why() -> None:
    path = ROOT / "pyproject.toml"
    lines = enumerate(text_of(path).splitlines(), start=1)
    listed = [number for number, line in lines if re.match(r'  "[\w\[\]-]+[>=]=|  "[A-Z]+\d*",', line)]
    assert len(listed) > 40
    assert [number for number in listed if not _gives_a_reason(path, number)] == []


def test_runtime_dependencies_are_all_in_the_runtime_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^([a-z][\w.-]*)(?:\[|==)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    named = {re.split(r"[\[>=<]", dependency)[0] for dependency in project["dependencies"]}
    assert named - locked == set()


def test_no_file_holds_a_path_of_the_machine_it_was_written_on() -> None:
    personal = re.compile(rf"/(?:home|Users)/[a-z]|/root/|{re.escape(str(ROOT))}/|{re.escape(str(ROOT.parent))}/shared")
    found = [
        place(path, number)
        for path in files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if personal.search(line) and "re.compile(" not in line
    ]
    assert found == []


def test_make_has_at_most_ten_targets_and_help_prints_them() -> None:
    command = ["make", "--no-print-directory", "help"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = printed.splitlines()
    assert len(targets) <= MAX_MAKE_TARGETS
    assert all(re.match(r"make [a-z-]+ +\w", line) for line in targets)

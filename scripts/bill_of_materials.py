"""Prints a software bill of materials: what the running service is made of, and nothing else.

The format is CycloneDX 1.6 as JSON, and the same environment gives the same bytes. Packages that
only developers need, addresses of package indexes and folders of this machine are left out.
"""  # noqa: INP001 - a script, and no package

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1]
_KEPT = ("bom-ref", "type", "name", "version", "purl", "licenses")


def runtime_packages() -> dict[str, str]:
    """Return every package that the service needs to run, with the version that is installed."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, str] = {}
    wanted = [(Requirement(each), "") for each in project["dependencies"]]
    seen: set[tuple[str, str]] = set()
    while wanted:
        requirement, extra = wanted.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wish in ("", *sorted(requirement.extras)):
            if (name, wish) in seen:
                continue
            seen.add((name, wish))
            try:
                package = distribution(name)
            except PackageNotFoundError:
                sys.exit(f"{name} is not installed: run scripts/install")
            found[name] = package.version
            wanted += [(Requirement(each), wish) for each in package.requires or ()]
    return dict(sorted(found.items()))


def installed() -> dict[str, Any]:
    """Return what the tool says of everything that is installed."""
    run = subprocess.run(  # noqa: S603 - our own tool, with fixed words
        [
            str(Path(sys.executable).with_name("cyclonedx-py")),
            "environment", sys.executable, "--output-reproducible", "--spec-version", "1.6",
        ],
        check=True,
        capture_output=True,
        text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def bill_of(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the bill of materials, from what the tool says of everything."""
    wanted = runtime_packages()
    kept = [each for each in whole["components"] if canonicalize_name(each["name"]) in wanted]
    kept = [{key: each[key] for key in _KEPT if key in each} for each in kept]
    refs = {each["bom-ref"] for each in kept}
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "starling",
                "name": version["name"],
                "version": version["version"],
            }
        },
        "components": sorted(kept, key=lambda each: canonicalize_name(each["name"])),
        "dependencies": _dependencies(whole, refs),
    }


def _dependencies(whole: dict[str, Any], refs: set[str]) -> list[dict[str, Any]]:
    """Return which package needs which, of those that are kept."""
    told = [
        {"ref": each["ref"], "dependsOn": sorted(set(each.get("dependsOn", ())) & refs)}
        for each in whole["dependencies"]
        if each["ref"] in refs
    ]
    direct = {
        canonicalize_name(Requirement(each).name)
        for each in tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))[
            "project"
        ]["dependencies"]
    }
    names = {each["bom-ref"]: canonicalize_name(each["name"]) for each in whole["components"]}
    ours = sorted(ref for ref in refs if names[ref] in direct)
    return [{"ref": "starling", "dependsOn": ours}, *sorted(told, key=lambda each: each["ref"])]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill_of(installed()), indent=2, sort_keys=True) + "\n")

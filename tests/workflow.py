"""As much of GitHub Actions as the action's own steps need: expressions, files, and bash."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from scratch import Repository
from support import REPOSITORY

ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


def evaluated(text: str, context: Mapping[str, str]) -> str:
    """The text with its ``${{ a || b }}``; a name that the context does not have is empty."""

    def value(expression: re.Match[str]) -> str:
        return next((context[name] for name in expression[1].split(" || ") if context.get(name)), "")

    return _EXPRESSION.sub(value, text)


@dataclass(frozen=True)
class Step:
    """What a step left behind."""

    done: subprocess.CompletedProcess[str]
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True)
class Runner:
    """A job in a checkout. `context` holds what expressions may name, as in ``github.token``."""

    checkout: Repository
    temporary: Path
    context: Mapping[str, str] = field(default_factory=dict)

    def step(self, name: str, **inputs: str) -> Step:
        """Run the script of one step of the action with these inputs, and the defaults for the others."""
        given = {key.replace("_", "-"): value for key, value in inputs.items()}
        assert given.keys() <= ACTION["inputs"].keys()
        defaults = {key: value["default"] for key, value in ACTION["inputs"].items()}
        context = {f"inputs.{key}": value for key, value in (defaults | given).items()}
        context["runner.temp"] = str(self.temporary)
        context = {"steps.install.outputs.command": "corpuscheck", **context, **self.context}
        environment = {key: evaluated(text, context) for key, text in STEPS[name].get("env", {}).items()}
        return self.run(STEPS[name]["run"], **environment)

    def run(self, script: str, **environment: str) -> Step:
        files = {name: self.temporary / name for name in ("OUTPUT", "ENV", "PATH", "STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        done = self.checkout.shell(
            script,
            **{f"GITHUB_{name}": str(file) for name, file in files.items()},
            GITHUB_ACTION_PATH=str(REPOSITORY),
            GITHUB_WORKSPACE=str(self.checkout.folder),
            GITHUB_REPOSITORY="owner/corpus",
            RUNNER_TEMP=str(self.temporary),
            **environment,
        )
        lines = files["OUTPUT"].read_text("utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        return Step(done, outputs, files["STEP_SUMMARY"].read_text("utf-8"))

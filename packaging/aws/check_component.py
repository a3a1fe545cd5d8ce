#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a component of EC2 Image Builder against the documented rules of such documents.

usage: check_component.py <component.yml> <directory for its scripts>

Writes the commands of each ExecuteBash step into the directory, with what Image Builder fills in
filled in, for shellcheck. Says what is wrong, a line each, and exits 1. Needs PyYAML.
"""
import pathlib
import re
import sys

import yaml

DOCUMENT = {"name", "description", "schemaVersion", "parameters", "constants", "phases"}
PHASES = ["build", "validate", "test"]
STEP = {"name", "description", "action", "timeoutSeconds", "onFailure", "maxAttempts", "inputs"}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,126}")
REFERENCE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
STEP_REFERENCE = re.compile(r"(\w+)\.(\w+)\.(?:inputs(?:\[(\d+)\])?|outputs)\.(\w+)")

errors = []


def wrong(place, message):
    errors.append(f"{place}: {message}")


def check_keys(place, mapping, allowed, required):
    for key in sorted(set(mapping) - allowed):
        wrong(place, f"there is no key {key}")
    for key in sorted(required - set(mapping)):
        wrong(place, f"{key} is missing")


def check_document(document):
    place = "document"
    check_keys(place, document, DOCUMENT, {"schemaVersion", "phases"})
    if document.get("schemaVersion") != 1.0:
        wrong(place, f"schemaVersion is {document.get('schemaVersion')}, and 1.0 is the only one")
    names = [phase.get("name") for phase in document.get("phases", [])]
    if names != PHASES:
        wrong(place, f"the phases are {names}, and {PHASES} are wanted, in this order")


def parameters(document):
    """Each parameter by name, with the value it has for shellcheck."""
    values = {}
    for entry in document.get("parameters", []):
        if len(entry) != 1:
            wrong("parameters", f"an entry has one name, and this {sorted(entry)}")
        for name, definition in entry.items():
            place = f"parameter {name}"
            if not NAME.fullmatch(name):
                wrong(place, "a name has 3 to 127 letters, digits, - and _")
            if name in values:
                wrong(place, "it is there twice")
            check_keys(place, definition, {"type", "default", "description"}, {"type"})
            if definition.get("type") != "string":
                wrong(place, "string is the only type")
            values[name] = definition.get("default", "parameter")
    return values


def check_bash(place, inputs):
    if not isinstance(inputs, dict) or set(inputs) != {"commands"}:
        return wrong(place, "the inputs of ExecuteBash are commands")
    commands = inputs["commands"]
    if not commands or not all(isinstance(command, str) for command in commands):
        return wrong(place, "commands is a list of strings")
    # Without it only the status of the last command would count.
    if not commands[0].startswith("set -euo pipefail\n"):
        wrong(place, "the commands do not begin with set -euo pipefail")


def check_download(place, inputs):
    if not isinstance(inputs, list) or not inputs:
        return wrong(place, "the inputs of S3Download are a list")
    allowed = {"source", "destination", "expectedBucketOwner", "overwrite"}
    for item in inputs:
        check_keys(place, item, allowed, {"source", "destination"})
        if not str(item.get("destination", "")).startswith("/"):
            wrong(place, "the destination is an absolute path")
        if not re.match(r"s3://|\{\{", str(item.get("source", ""))):
            wrong(place, "the source is an s3:// URI")


ACTIONS = {"ExecuteBash": check_bash, "S3Download": check_download}


def check_step(place, step):
    check_keys(place, step, STEP, {"name", "action", "inputs"})
    if step.get("onFailure", "Abort") not in {"Abort", "Continue", "Ignore"}:
        wrong(place, f"onFailure is Abort, Continue or Ignore, not {step['onFailure']}")
    for key in ("timeoutSeconds", "maxAttempts"):
        if type(step.get(key, 1)) is not int or step.get(key, 1) < 1:
            wrong(place, f"{key} is a positive number, not {step[key]}")
    action = step.get("action")
    if action in ACTIONS:
        ACTIONS[action](place, step.get("inputs"))
    else:
        wrong(place, f"action is {action}, and {sorted(ACTIONS)} are known here")


def resolve(place, reference, values, before):
    """What Image Builder puts in for {{ reference }}: of a parameter, or of a step before this one."""
    if reference in values:
        return values[reference]
    match = STEP_REFERENCE.fullmatch(reference)
    if not match:
        wrong(place, f"{{{{ {reference} }}}} is neither a parameter nor phase.step.inputs or .outputs")
        return ""
    phase, name, index, key = match.groups()
    step = before.get((phase, name))
    if step is None:
        wrong(place, f"{{{{ {reference} }}}}: there is no such step before this one")
        return ""
    if ".outputs." in reference:
        return "output"
    try:
        return str((step["inputs"] if index is None else step["inputs"][int(index)])[key])
    except (KeyError, IndexError, TypeError):
        wrong(place, f"{{{{ {reference} }}}}: the step has no such input")
        return ""


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def check_phases(document, scripts):
    values = parameters(document)
    used = set()
    before = {}
    for phase in document.get("phases", []):
        check_keys(f"phase {phase.get('name')}", phase, {"name", "steps"}, {"name", "steps"})
        for step in phase.get("steps", []):
            key = (phase.get("name"), step.get("name"))
            place = ".".join(map(str, key))
            if key in before:
                wrong(place, "it is there twice")
            check_step(place, step)

            def fill(text):
                used.update(REFERENCE.findall(text))
                return REFERENCE.sub(
                    lambda match: resolve(place, match[1], values, before), text
                )

            filled = [fill(text) for text in strings(step.get("inputs"))]
            if step.get("action") == "ExecuteBash":
                script = "#!/bin/bash\n" + "\n".join(filled)
                (scripts / f"{place}.sh").write_text(script)
            before[key] = step
    for name in sorted(set(values) - used):
        wrong(f"parameter {name}", "nothing uses it")
    return before


def check_purpose(steps):
    """What this project wants of its component, whatever else a component may be."""

    def text(phase):
        return "\n".join(
            line for key, step in steps.items() if key[0] == phase for line in strings(step["inputs"])
        )

    for phase, wanted in [
        ("build", "apt-get install"),
        ("validate", "dpkg-query -W"),
        ("validate", "eni-init --version"),
        ("validate", "eni-init seal"),
        ("test", "eni-init status"),
    ]:
        if wanted not in text(phase):
            wrong(f"phase {phase}", f"it has no {wanted}")
    last = [key for key in steps if key[0] != "test"][-1:]
    if not last or "eni-init seal" not in "\n".join(strings(steps[last[0]]["inputs"])):
        wrong("phase validate", "its last step does not seal the image")


def main():
    path, scripts = map(pathlib.Path, sys.argv[1:])
    document = yaml.safe_load(path.read_text())
    check_document(document)
    steps = check_phases(document, scripts)
    if not errors:
        check_purpose(steps)
    for error in errors:
        print(f"{path.name}: {error}", file=sys.stderr)
    if not errors:
        print(f"{path.name}: {len(steps)} steps in {len(PHASES)} phases")
    sys.exit(bool(errors))


if __name__ == "__main__":
    main()

"""What Helm makes of our charts, as far as they ask anything of it: values, whole files, and braces that are none."""

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from doorward.gateway.machines.chart import CHART
from doorward.gateway.machines.files import Files

_VALUE: Final = re.compile(r"\{\{ \.Values\.([A-Za-z.]+) \}\}")
_UNLESS: Final = re.compile(r"\{\{ if ne \.Values\.([A-Za-z.]+) `(\w+)` \}\}(\w+)\{\{ end \}\}")
_CONFIG: Final = re.compile(r'^\{\{ \(\.Files\.Glob "(files/[a-z]+)/\*"\)\.AsConfig \| indent 2 \}\}$', re.MULTILINE)
_BRACES: Final = "{{`{{`}}"

Object = dict[str, Any]


def rendered(files: Files, **chosen: str) -> list[Object]:
    """Return every object of a chart, with values of one's own. What asks something else of Helm fails here."""
    values = {**yaml.safe_load(files[f"{CHART}/values.yaml"].text), **chosen}
    found: list[Object] = []
    for name, file in sorted(files.items()):
        if name.startswith(f"{CHART}/templates/"):
            text = _VALUE.sub(lambda each: _value(values, each[1]), file.text)
            text = _UNLESS.sub(lambda each: "" if _value(values, each[1]) == each[2] else each[3], text)
            text = _CONFIG.sub(lambda each: _config(files, each[1]), text)
            braces = text.replace(_BRACES, "\0")
            assert "{{" not in _without_files(braces, file.text), name
            found += [each for each in yaml.safe_load_all(text.replace(_BRACES, "{{")) if each]
    return found


def of_kind(objects: list[Object], *kinds: str) -> dict[str, Object]:
    """Return objects of some kinds, by their names."""
    return {each["metadata"]["name"]: each for each in objects if each["kind"] in kinds}


def _value(values: Mapping[str, Any], path: str) -> str:
    found: Any = values
    for part in path.split("."):
        found = found[part]
    return str(found)


def _config(files: Files, folder: str) -> str:
    """Return the members of a ConfigMap that hold the files of a folder, two blanks in."""
    below = f"{CHART}/{folder}/"
    members = {name.removeprefix(below): file.text for name, file in files.items() if name.startswith(below)}
    text = yaml.safe_dump(members, default_flow_style=False)
    return "\n".join(f"  {line}" if line else line for line in text.splitlines())


def _without_files(text: str, template: str) -> str:
    """Return what is left to look through: files are taken as they are, whatever stands in them."""
    return "" if _CONFIG.search(template) else text

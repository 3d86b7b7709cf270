"""Every name that somebody may meet stands in docs/reference: error codes, settings, commands, events, limits."""

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

import pytest
from pydantic import BaseModel

from doorward.cli.app import all_commands
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import NotFound, Refusal
from doorward.core.limits.records import LIMITS
from doorward.core.onetime.records import PURPOSES
from doorward.telemetry.metrics import Metrics
from tests.architecture.tree import PROJECT, SOURCE

NOT_IMPORTABLE = re.compile(r"\.migrations(\.|$)|\.__main__$")


def modules(name: str) -> Iterator[ModuleType]:
    """Yield a package and every module below it; nothing where there is no such room yet."""
    if importlib.util.find_spec(name) is None:
        return
    package = importlib.import_module(name)
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{name}."):
        if not NOT_IMPORTABLE.search(found.name):
            yield importlib.import_module(found.name)


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every kind of refusal that has been defined."""
    for each in kind.__subclasses__():
        yield each
        yield from refusals(each)


def error_codes() -> set[str]:
    """Return the code of every refusal that can reach somebody: of the core, of the doors and of resource servers."""
    rooms = ("doorward.core", "doorward.api", "doorward.resource")
    loaded = {module.__name__ for room in rooms for module in modules(room)}
    return {str(vars(each)["code"]) for each in refusals() if "code" in vars(each) and each.__module__ in loaded}


def setting_sections(rooms: Iterable[ModuleType]) -> set[type[BaseModel]]:
    """Return every section of settings: the models that a module of settings defines."""
    return {
        each
        for module in rooms
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == module.__name__
    }


def settings() -> set[str]:
    """Return the name of every setting."""
    return {name for section in setting_sections(modules("doorward.settings")) for name in section.model_fields}


def commands() -> set[str]:
    """Return every command of the command line, as it is typed."""
    return {name for name, _ in all_commands()}


def audit_events() -> set[str]:
    """Return the name of every audit event."""
    return {str(kind) for kind in AuditKind}


def purposes() -> set[str]:
    """Return what one-time artefacts are for."""
    return {str(purpose) for purpose in PURPOSES}


def limits() -> set[str]:
    """Return the name of every rate limit."""
    return {limit.name for limit in LIMITS}


def metrics() -> set[str]:
    """Return the name under which Prometheus has each figure of ours."""
    families = Metrics().registry.collect()
    return {family.name + "_total" * (family.type == "counter") for family in families if "doorward" in family.name}


def reference() -> str:
    """Return all pages of the reference as one text."""
    pages = sorted((PROJECT / "docs" / "reference").rglob("*.md"))
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def missing(names: Iterable[str], text: str) -> list[str]:
    """Return the names that do not stand in `text` as code; an environment variable counts for its setting."""
    spans = {span.strip().lower() for span in re.findall(r"`([^`\n]+)`", text)}
    return sorted(name for name in names if not any(s == name.lower() or s.endswith(f"_{name.lower()}") for s in spans))


@pytest.mark.parametrize("names", [error_codes, settings, commands, audit_events, purposes, limits, metrics])
def test_reference_names_of_the_product_are_all_there(names: Callable[[], set[str]]) -> None:
    assert missing(names(), reference()) == []


@pytest.mark.parametrize(("room", "names"), [("core", error_codes), ("settings", settings), ("cli", commands)])
def test_discovery_room_that_exists_yields_names(room: str, names: Callable[[], set[str]]) -> None:
    exists = (SOURCE / room / "__init__.py").exists()

    found = names()

    assert bool(found) == exists


def test_missing_undocumented_names_are_returned() -> None:
    text = "| `USER_EXISTS` | taken |\n`DOORWARD_PORT` and doorward serve, but `doorward keys list --json`"

    found = missing(["USER_EXISTS", "port", "NOT_THERE", "doorward serve", "sort"], text)

    assert found == ["NOT_THERE", "doorward serve", "sort"]


def test_refusals_planted_refusal_of_a_kind_is_found() -> None:
    class Planted(NotFound):
        code = "PLANTED"

    assert Planted in set(refusals())


def test_setting_sections_planted_section_is_found_where_it_is_defined() -> None:
    room = ModuleType("planted")
    section = type("Section", (BaseModel,), {"__module__": "planted"})
    vars(room).update(Section=section, Elsewhere=BaseModel)

    found = setting_sections([room])

    assert found == {section}

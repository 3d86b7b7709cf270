"""Every name that somebody may meet stands in docs/reference: error codes, settings, commands, events, limits."""

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

import pytest
import typer
from pydantic import BaseModel
from typer.core import TyperGroup
from typer.main import get_command

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import NotFound, Refusal
from doorward.core.limits.records import LIMITS
from doorward.core.onetime.records import PURPOSES
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
    """Return the code of every refusal that can reach somebody: those of the core, and those of the doors."""
    loaded = {module.__name__ for room in ("doorward.core", "doorward.api") for module in modules(room)}
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


def names_below(group: TyperGroup, path: str) -> Iterator[str]:
    """Yield every command that can be typed, with the groups before it."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from names_below(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def command_names(rooms: Iterable[ModuleType]) -> set[str]:
    """Return every command of the Typer apps in `rooms`, as it is typed; an app inside another is no root."""
    values = (value for module in rooms for value in vars(module).values())
    apps = {id(each): each for each in values if isinstance(each, typer.Typer)}
    inner = {id(group.typer_instance) for app in apps.values() for group in app.registered_groups}
    groups = (get_command(app) for key, app in apps.items() if key not in inner)
    return {name for group in groups if isinstance(group, TyperGroup) for name in names_below(group, "doorward")}


def commands() -> set[str]:
    """Return every command of the command line."""
    return command_names(modules("doorward.cli"))


def audit_events() -> set[str]:
    """Return the name of every audit event."""
    return {str(kind) for kind in AuditKind}


def purposes() -> set[str]:
    """Return what one-time artefacts are for."""
    return {str(purpose) for purpose in PURPOSES}


def limits() -> set[str]:
    """Return the name of every rate limit."""
    return {limit.name for limit in LIMITS}


def reference() -> str:
    """Return all pages of the reference as one text."""
    pages = sorted((PROJECT / "docs" / "reference").rglob("*.md"))
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def missing(names: Iterable[str], text: str) -> list[str]:
    """Return the names that do not stand in `text` as code; an environment variable counts for its setting."""
    spans = {span.strip().lower() for span in re.findall(r"`([^`\n]+)`", text)}
    return sorted(name for name in names if not any(s == name.lower() or s.endswith(f"_{name.lower()}") for s in spans))


@pytest.mark.parametrize("names", [error_codes, settings, commands, audit_events, purposes, limits])
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


def test_command_names_planted_app_yields_groups_and_commands() -> None:
    app, users = typer.Typer(), typer.Typer()
    app.command("serve")(lambda: None)
    users.command("add")(lambda: None)
    app.add_typer(users, name="users")
    room = ModuleType("planted")
    vars(room).update(app=app, users=users)

    found = command_names([room])

    assert found == {"doorward serve", "doorward users add"}

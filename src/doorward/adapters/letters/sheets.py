"""The templates that letters are set from."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def sheets_in(folders: Sequence[Path]) -> Callable[[str, Mapping[str, str | int | None]], str]:
    """Return what sets a template by its name; that of an earlier folder goes before one of the same name."""
    templates = Environment(
        loader=FileSystemLoader(folders),
        autoescape=_is_markup,  # noqa: S701 (everything but plain text is escaped)
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return lambda name, context: templates.get_template(name).render(context)


def _is_markup(template_name: str | None) -> bool:
    return template_name is None or not template_name.endswith(".txt")

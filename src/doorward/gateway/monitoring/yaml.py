"""Writing YAML that people read: blocks, with every text quoted as JSON has it, which is YAML too."""

import json
from collections.abc import Iterator, Mapping, Sequence


def written(value: object, *, note: str) -> str:
    """Return a document; `note` stands above it."""
    return "\n".join([f"# {note}", *_lines(value, 0), ""])


def _lines(value: object, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _member(f"{pad}{name}:", inner, depth)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _item(pad, inner, depth)


def _member(head: str, inner: object, depth: int) -> Iterator[str]:
    if _is_block(inner):
        yield head
        yield from _lines(inner, depth + 1)
    else:
        yield f"{head} {_flow(inner)}"


def _item(pad: str, inner: object, depth: int) -> Iterator[str]:
    if not _is_block(inner):
        yield f"{pad}- {_flow(inner)}"
        return
    first, *rest = _lines(inner, depth + 1)
    yield f"{pad}- {first.lstrip()}"
    yield from rest


def _is_block(value: object) -> bool:
    return bool(value) and isinstance(value, Mapping | Sequence) and not isinstance(value, str)


def _flow(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

"""Pages as a browser without scripts reads them: forms, links and ids."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str | None]


@dataclass
class Form:
    """A form: where it goes, and what its fields hold already."""

    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    controls: list[Attributes] = field(default_factory=list)


class Paper(HTMLParser):
    """Everything of a page that tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.forms: dict[str, Form] = {}
        self.texts: dict[str, str] = {}
        self.title = ""
        self._form: Form | None = None
        self._open: list[tuple[str, str | None]] = []
        self.feed(html)

    @property
    def ids(self) -> set[str]:
        """The ids of all elements."""
        return {value for _, attributes in self.elements if (value := attributes.get("id"))}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag == "form":
            self._form = Form(attributes.get("action") or "", (attributes.get("method") or "get").lower())
            self.forms[attributes.get("id") or f"{self._form.action} {len(self.forms)}"] = self._form
        elif tag == "input" and self._form is not None:
            self._form.controls.append(attributes)
            name = attributes.get("name")
            if name and (attributes.get("type") != "checkbox" or "checked" in attributes):
                self._form.fields[name] = attributes.get("value") or ""
        elif tag in ("textarea", "select") and self._form is not None:
            self._form.controls.append(attributes)
            self._form.fields[attributes.get("name") or ""] = ""
        elif tag == "option" and "selected" in attributes and self._form is not None:
            self._form.fields[self._form.controls[-1].get("name") or ""] = attributes.get("value") or ""
        if tag not in ("br", "input", "link", "meta"):
            self._open.append((tag, attributes.get("id")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        while tag in [name for name, _ in self._open]:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._open and self._open[-1][0] == "textarea":
            self._form.fields[self._form.controls[-1].get("name") or ""] += data
        for tag, identifier in self._open:
            if identifier:
                self.texts[identifier] = " ".join(f"{self.texts.get(identifier, '')} {data}".split())
            if tag == "title":
                self.title += data

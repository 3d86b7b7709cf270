"""Every address that may be registered leads every reader of URLs to the same host."""

import json
import subprocess

import pytest

from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.records import ClientType
from doorward.core.oauth.rules import redirect_uri
from tests.parts import require_node
from tests.redirects import candidates, host_of

READ_BY_NODE = """
const texts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const read = (text) => {
  try { const url = new URL(text); return [url.protocol, url.hostname, url.username]; } catch { return null; }
};
process.stdout.write(JSON.stringify(texts.map(read)));
"""


def accepted() -> list[str]:
    return [text for text in candidates() if is_accepted(text)]


def is_accepted(text: str) -> bool:
    try:
        redirect_uri.check(text, kind=ClientType.NATIVE, is_first_party=True, pointer="")
    except Invalid:
        return False
    return True


@pytest.mark.requirement("S-01")
def test_accepted_addresses_lead_node_to_the_same_host() -> None:
    require_node()
    texts = accepted()

    ran = subprocess.run(
        ["node", "-e", READ_BY_NODE], input=json.dumps(texts), capture_output=True, text=True, check=True
    )

    read = json.loads(ran.stdout)
    assert len(read) > 500
    assert [(text, seen) for text, seen in zip(texts, read, strict=True) if seen != [*host_of(text), ""]] == []

"""`doorward audit`: what happened, the proof that the log of it is whole, and taking it along."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from doorward.cli.options import DataDir, Json, opened
from doorward.cli.output import Value, Voice
from doorward.cli.progress import progress
from doorward.core.audit.export_log import Format, members_of
from doorward.core.audit.records import AuditKind, Entry, Search
from doorward.core.audit.verify_chain import ChainVerdict, VerifyChain
from doorward.core.flows import Flows
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.kernel.ids import AccountId, is_id
from doorward.settings.problems import Problem

audit = typer.Typer(
    help="Look into the audit log, prove that it is whole, and write it out.",
    no_args_is_help=True,
    add_completion=False,
)

Account = Annotated[str | None, typer.Option(help="About this account: a username, an address or an id.")]
Actor = Annotated[str | None, typer.Option(help="Done by this operator: a username, an address or an id.")]
Kind = Annotated[AuditKind | None, typer.Option(help="Of this kind.", metavar="KIND", case_sensitive=False)]
Tag = Annotated[str | None, typer.Option("--address-tag", help="From this pseudonym of a network address.")]
Since = Annotated[
    datetime | None, typer.Option(help="From this moment on, in UTC.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
]
Until = Annotated[
    datetime | None, typer.Option(help="Before this moment, in UTC.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
]
_COLUMNS = ("sequence", "at", "kind", "account_id", "actor_id", "detail")
_NO_END = Problem(
    "This is no end of an audit log.", "It is a number, a colon and 52 letters.", "Copy it from an earlier proof."
)


@audit.command("list")
def list_entries(
    *,
    account: Account = None,
    actor: Actor = None,
    kind: Kind = None,
    address_tag: Tag = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List what happened, the latest first; each option narrows it."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        search = _search(house.flows, voice, account, actor, kind, address_tag, since=since, until=until)
        page = house.flows.overview.search_log(search, size=limit)
        voice.table([_members(entry) for entry in page.items], columns=_COLUMNS, empty="Nothing like this happened.")


@audit.command("verify")
def verify(
    *,
    end: Annotated[
        str | None, typer.Option(help="An end of the log that was kept elsewhere, which the chain must go through.")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Read every entry, and prove that none was altered, removed or put elsewhere; 1 is the status when one was."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        try:
            verdict = _proven(house.flows.verify_chain, end, is_json=as_json)
        except Invalid:
            voice.refuse(_NO_END, code=Invalid.code)
    found: dict[str, Value] = {"sound": verdict.sound, "total": verdict.total, "end": verdict.end}
    if verdict.first_broken is not None:
        voice.refuse(_broken(verdict), code="CHAIN_BROKEN", found={**found, "first_broken": verdict.first_broken})
    sentence = f"The log is whole: {verdict.sound} entries continue one another. Keep its end elsewhere: {verdict.end}"
    voice.done(sentence, {**found, "first_broken": None})


@audit.command("export")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output by default.")] = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="A JSON object a line, or a table.")] = Format.NDJSON,
    after: Annotated[int, typer.Option(min=0, help="Go on behind this entry; for the whole log.")] = 0,
    account: Account = None,
    actor: Actor = None,
    kind: Kind = None,
    address_tag: Tag = None,
    since: Since = None,
    until: Until = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Write out the log in the order of its chain, or what is searched for; however long, a page of it is in memory."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        search = _search(house.flows, voice, account, actor, kind, address_tag, since=since, until=until)
        pieces = house.flows.overview.export_log(search, form=form, after=after)
        if file is None:
            for piece in pieces:
                sys.stdout.write(piece)
            return
        with open(file, "w", encoding="utf-8", newline="", opener=_for_the_owner) as out:
            out.writelines(pieces)
        voice.done(f"The log is in {file}.", {"file": str(file), "format": form.value})


def _for_the_owner(path: str, flags: int) -> int:
    """Open a file that only its owner may read, as what is written there says who did what."""
    return os.open(path, flags, 0o600)


def _proven(verify_chain: VerifyChain, end: str | None, *, is_json: bool) -> ChainVerdict:
    with progress(is_json=is_json) as tells:
        before = 0
        for step in verify_chain.steps(end=end):
            if before == 0:
                tells.begin("Verify", step.total)
            tells.forward("entries", step.sound - before)
            before = step.sound
    return step


def _broken(verdict: ChainVerdict) -> Problem:
    what = f"The chain breaks at entry {verdict.first_broken}; the {verdict.sound} before it are sound."
    why = "It was altered, removed or put elsewhere, or another was put in, by somebody who may write to the store."
    return Problem(what, why, "Compare it with a backup: `doorward audit export` writes both out the same way.")


def _search(  # noqa: PLR0917 (what may be searched for)
    flows: Flows,
    voice: Voice,
    account: str | None,
    actor: str | None,
    kind: AuditKind | None,
    address_tag: str | None,
    *,
    since: datetime | None,
    until: datetime | None,
) -> Search:
    return Search(
        account_id=_account(flows, voice, account),
        actor_id=_account(flows, voice, actor),
        address_tag=address_tag,
        kind=kind,
        since=since and since.replace(tzinfo=UTC),
        until=until and until.replace(tzinfo=UTC),
    )


def _account(flows: Flows, voice: Voice, wanted: str | None) -> AccountId | None:
    if wanted is None:
        return None
    try:
        return flows.show_account(wanted).account.id
    except NotFound:
        if not is_id(wanted):
            why = "What an erased account was called is not kept; its id is."
            voice.refuse(Problem(f"Nobody is called {wanted}.", why, "Name its id."), code=NotFound.code)
    return AccountId(wanted)


def _members(entry: Entry) -> dict[str, Value]:
    return dict(members_of(entry))

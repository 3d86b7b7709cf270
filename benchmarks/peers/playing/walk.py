"""A play gone through once by hand, before it is measured: so that what is wrong with it is said in full."""

from benchmarks.peers.playing.client import Reply, exchange
from benchmarks.peers.playing.play import Play, Take, Variables
from benchmarks.peers.playing.rendering import request_of
from benchmarks.run import CannotMeasure


def walk(play: Play, port: int, row: Variables) -> Variables:
    """Go once round the ring with a row of variables, and return the variables as they are then.

    Raises: CannotMeasure, when a status or a value is not the one that the play says.
    """
    variables = dict(row)
    for number, step in enumerate(play.steps, start=1):
        reply = exchange(port, request_of(step, variables, host=f"localhost:{port}"))
        said = f"step {number}, {step.method} {step.path}, was answered with {reply}"
        if reply.status != step.status:
            raise CannotMeasure(f"{said}, and not with {step.status}")
        for name, take in step.takes.items():
            variables[name] = _taken(take, reply, f"there is no {name} where {said}")
    return variables


def _taken(take: Take, reply: Reply, otherwise: str) -> str:
    text = reply.text if take.header is None else (reply.headers.get_all(take.header) or [""])[-1]
    _, found, rest = text.partition(take.after)
    if not found:
        raise CannotMeasure(otherwise)
    return rest.partition(take.before)[0]

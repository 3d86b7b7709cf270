"""Decorators for functions and routes, synchronous or not. Each keeps the name, the documentation and the signature."""

from doorward.resource.decorators.audited import Audited, audited
from doorward.resource.decorators.cached import cached
from doorward.resource.decorators.requires import requires
from doorward.resource.decorators.timed import timed
from doorward.resource.decorators.validated import validated

__all__ = ["Audited", "audited", "cached", "requires", "timed", "validated"]

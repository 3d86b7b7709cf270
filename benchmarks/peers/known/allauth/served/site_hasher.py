"""How the site hashes passwords."""

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Django's own, with costs of our choice."""

    memory_cost = settings.ARGON2_MEMORY_KIB
    time_cost = settings.ARGON2_PASSES
    parallelism = 1

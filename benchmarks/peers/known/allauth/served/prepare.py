"""Makes the tables, accounts and clients: `python prepare.py ACCOUNTS PASSWORD CALLBACK SECRET`."""

import sys

import django
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management import call_command


def main(how_many: int, password: str, callback: str, secret: str) -> None:
    """Make all that there is before anybody asks."""
    django.setup()
    call_command("migrate", verbosity=0)

    _make_accounts(how_many, password)
    _make_clients(callback, secret)


def _make_accounts(how_many: int, password: str) -> None:
    user_model, address_model = apps.get_model("auth", "User"), apps.get_model("account", "EmailAddress")
    names = [f"user-{number:08d}" for number in range(1, how_many + 1)]
    hashed = make_password(password)
    users = user_model.objects.bulk_create(
        user_model(username=name, email=f"{name}@example.com", password=hashed) for name in names
    )
    address_model.objects.bulk_create(
        address_model(user=user, email=user.email, verified=True, primary=True) for user in users
    )


def _make_clients(callback: str, secret: str) -> None:
    client_model = apps.get_model("oauth2_provider", "Application")
    client_model.objects.create(
        name="A service",
        client_id="service",
        client_secret=secret,
        hash_client_secret=False,
        client_type=client_model.CLIENT_CONFIDENTIAL,
        authorization_grant_type=client_model.GRANT_CLIENT_CREDENTIALS,
    )
    client_model.objects.create(
        name="A page",
        client_id="page",
        client_type=client_model.CLIENT_PUBLIC,
        authorization_grant_type=client_model.GRANT_AUTHORIZATION_CODE,
        redirect_uris=callback,
        skip_authorization=True,
        algorithm=client_model.RS256_ALGORITHM,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])

"""The routes of the site."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from oauth2_provider import urls as oauth2_urls
from oauth2_provider.decorators import protected_resource


def ready(_request: HttpRequest) -> HttpResponse:
    """Answer as soon as requests are served."""
    return HttpResponse()


@protected_resource(scopes=["reports:read"])
def notes(_request: HttpRequest) -> HttpResponse:
    """Answer whoever has a token for it."""
    return JsonResponse({"note": "a note"})


urlpatterns = [
    path("ready", ready),
    path("notes", notes),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("o/", include(oauth2_urls)),
]

"""Where the API's addresses are put together, and where it begins."""

from apiflask import APIBlueprint

PREFIX = "/api/v1"

blueprint = APIBlueprint("api", __name__, url_prefix=PREFIX)

"""Where the pages of accounts and teams are put together."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__, template_folder="templates")

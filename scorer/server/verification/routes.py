"""All pages of verification, by the blueprints that they are in; and how their templates write figures and plots."""

from scorer.server.verification.difference_plot import difference_plot
from scorer.server.verification.figures import format_exact, format_residual, format_seconds, format_share
from scorer.server.verification.organiser_routes import blueprint as organiser_blueprint
from scorer.server.verification.residual_plot import ruler
from scorer.server.verification.team_routes import blueprint

__all__ = ["blueprint", "organiser_blueprint"]

for name, write in (
    ("exact", format_exact),
    ("residual", format_residual),
    ("seconds", format_seconds),
    ("share_of", format_share),
):
    blueprint.add_app_template_filter(write, name)
blueprint.add_app_template_global(ruler, "residual_ruler")
blueprint.add_app_template_global(difference_plot, "difference_plot")

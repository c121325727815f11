"""What every form of a page is."""

from __future__ import annotations

from flask_wtf import FlaskForm

from scorer.server.refusals import Refusal


class PageForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A form with a CSRF token, whose errors may also come from a service."""

    def refuse(self, refusal: Refusal) -> None:
        """Show a service's refusal at the field that is at fault, or above the form."""
        if refusal.field in self._fields:
            field = self._fields[refusal.field]
            field.errors = [*field.errors, refusal.message]
        else:
            self.form_errors.append(refusal.message)

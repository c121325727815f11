"""What every form of a page is."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from scorer.server.refusals import Refusal, TooManyTries


class PageForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A form with a CSRF token, whose errors may also come from a service."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """What a form reads."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> MultiDict[str, Any] | None:
            """What browsers send, and nothing else: no JSON, and no file where text is asked for."""
            if formdata is None or not form.is_submitted():
                return None
            files = [(name, file) for name, file in request.files.items(multi=True) if _is_file_field(form, name)]
            return CombinedMultiDict((MultiDict(files), request.form))

    def refuse(self, refusal: Refusal) -> None:
        """Show a service's refusal at the field that is at fault, or above the form.

        Raises:
            TooManyTries: it is one: no other input would help, so it is a page of its own, which says when.
        """
        if isinstance(refusal, TooManyTries):
            raise refusal
        if refusal.field in self._fields:
            field = self._fields[refusal.field]
            field.errors = [*field.errors, refusal.message]
        else:
            self.form_errors.append(refusal.message)


def _is_file_field(form: FlaskForm, name: str) -> bool:
    return name in form and isinstance(form[name], FileField)

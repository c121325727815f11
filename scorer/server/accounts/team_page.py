"""The page of the visitor's team and tokens; or, without a team, the form to create one."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts import invitations, merge_requests, service
from scorer.server.accounts.answers import status_of
from scorer.server.accounts.forms import EmptyForm, MergeForm, TeamForm, TokenForm
from scorer.server.accounts.front_desk import base_url
from scorer.server.accounts.teams import is_captain
from scorer.server.accounts.visits import member
from scorer.server.stages.service import list_stages


def team_page(
    *,
    team_form: TeamForm | None = None,
    token_form: TokenForm | None = None,
    merge_form: MergeForm | None = None,
    new_token: str | None = None,
    new_invitation: str | None = None,
) -> ResponseReturnValue:
    """The page, with what was just made, which is shown this once, or with the form that was refused."""
    session, account = current.session(), member()
    team = account.team
    page = render_template(
        "team.html",
        team=team,
        own_id=account.id,
        leads=team is not None and is_captain(account, team),
        most_members=current.server().challenge.team.max_members,
        invitations=invitations.list_open(session, team) if team else [],
        invitation_days=invitations.INVITATION_LASTS.days,
        can_merge=merge_requests.is_still_possible(list_stages(session)),
        asked_by=merge_requests.asked_by(session, team) if team else None,
        asked_of=merge_requests.asked_of(session, team) if team else [],
        team_form=team_form or TeamForm(formdata=None),
        token_form=token_form or TokenForm(formdata=None),
        merge_form=merge_form or MergeForm(formdata=None),
        empty_form=EmptyForm(formdata=None),
        tokens=service.list_tokens(session, account),
        new_token=new_token,
        new_invitation=new_invitation,
        base_url=base_url(),
    )
    return page, status_of(team_form, token_form, merge_form)

"""Slack's names for what went wrong, sorted by what they mean; pure data.

Source: the error lists of Slack's method pages and its published schema.
"""

from __future__ import annotations

BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
AWAY = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
UNSURE = frozenset({"internal_error", "fatal_error"})
GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
)
MALFORMED = frozenset(
    {
        "bad_timestamp",
        "file_not_shared",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_cursor",
        "invalid_form_data",
        "invalid_json",
        "invalid_limit",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "invalid_thread_ts",
        "invalid_ts_latest",
        "invalid_ts_oldest",
        "invalid_types",
        "json_not_object",
        "metadata_too_large",
        "method_not_supported_for_channel_type",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_item_specified",
        "no_text",
        "too_many_attachments",
        "upgrade_required",
        "view_too_large",
    }
)

VALID = "put a valid bot token (xoxb-…) of the Warroom app into the channel's configuration"
ADMIN = "ask a workspace admin to let the Warroom app post to {place}"
ADVICE = {
    "channel_not_found": "Slack knows no channel {place}, or it is private and the Warroom app is"
    " not in it: correct the channel, or invite the app to {place}",
    "not_in_channel": "invite the Warroom app to {place} (/invite in that channel)",
    "is_archived": "{place} is archived: unarchive it or configure another channel",
    "is_inactive": "{place} is frozen: configure another channel",
    "missing_scope": "add the scope {needed} to the Warroom app and reinstall it",
    "not_authed": VALID,
    "invalid_auth": VALID,
    "token_revoked": "the token was revoked: reinstall the Warroom app and " + VALID,
    "token_expired": "the token has expired: " + VALID,
    "account_inactive": "the app was removed from the workspace: reinstall it and " + VALID,
    "not_allowed_token_type": VALID,
    "no_permission": ADMIN,
    "permission_denied": ADMIN,
    "restricted_action": ADMIN,
    "restricted_action_read_only_channel": ADMIN,
    "access_denied": ADMIN,
    "ekm_access_denied": ADMIN,
    "team_access_not_granted": ADMIN,
    "not_pinnable": "Slack does not let this message be pinned: pin another one by hand",
    "user_not_in_channel": "that person is not in {place}",
    "org_login_required": ADMIN,
    "expired_trigger_id": "Slack gives three seconds to open a form, and they were over: try again",
    "exchanged_trigger_id": "a form was opened for this click already: try again",
    "already_pinned": "it is pinned already, nothing needs doing",
}

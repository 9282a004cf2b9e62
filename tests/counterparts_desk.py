"""The desk's forms and pages beside their counterparts in `/v1`. A new page has its row here."""

from tests.counterparts import NoTwin, Row, Twin

ONE_PATCH = "one PATCH changes what several forms do; what is left out stays"
OF_INCIDENT = "what came in may name no incident yet; the form stands on an incident's page"
CHOICE = "the boxes are one list in JSON, and null says all"
WHEN = "who takes in by program may hand in what came earlier"
MOMENT = (
    "the picture of one moment for browsers without script; a program asks by masks and pictures"
)

RECIPIENT = NoTwin(
    "for one person in his browser: a program that takes the film by a secret would be the way"
    " round a release that may be seen and not kept"
)

FORMS: dict[str, Row] = {
    "/sign-in": Twin("POST /v1/sessions"),
    "/sign-out": Twin("DELETE /v1/sessions/current"),
    "/account/calendar": Twin("POST /v1/account/calendar"),
    "/account/calendar/end": Twin("DELETE /v1/account/calendar"),
    "/account/password": Twin("POST /v1/account/password"),
    "/account/second-factor": Twin("POST /v1/account/second-factor"),
    "/code": Twin("POST /v1/sessions/current/code"),
    "/mine/recordings/{recording_id}/call": Twin("POST /v1/mine/recordings/{recording_id}/call"),
    "/custody/verify": Twin("POST /v1/custody/checks"),
    "/queue/assign": Twin("POST /v1/queue/assignments", renamed={"piece": "pieces"}),
    "/queue/give-back": Twin(
        "POST /v1/queue/assignments",
        renamed={"piece": "pieces"},
        only_v1={"username": "null: nobody has them any more"},
    ),
    "/queue/redact": Twin("POST /v1/queue/redactions", renamed={"piece": "recording_ids"}),
    "/incidents/{incident_id}/facts": Twin(
        "POST /v1/incidents/{incident_id}/facts",
        only_v1={
            "evidence_ref": "a program names where the evidence lies; people say it as source"
        },
    ),
    "/incidents/{incident_id}/holds": Twin("POST /v1/incidents/{incident_id}/holds"),
    "/holds/{hold_id}/lift": Twin("POST /v1/holds/{hold_id}/lift"),
    "/incidents/{incident_id}/people": Twin("POST /v1/incidents/{incident_id}/people"),
    "/people/{person_id}/strike": Twin("POST /v1/people/{person_id}/strike"),
    "/obligations/{obligation_id}/proof": Twin(
        "POST /v1/obligations/{obligation_id}/proof",
        only_page={"file": "a program sends the file to /v1/obligations/{obligation_id}/files"},
        also=("POST /v1/obligations/{obligation_id}/files",),
    ),
    "/obligations/{obligation_id}/files": Twin("POST /v1/obligations/{obligation_id}/files"),
    "/incidents/{incident_id}/requests": Twin(
        "POST /v1/requests", only_page={"all_recordings": CHOICE}, only_v1={"received_at": WHEN}
    ),
    "/requests/{request_id}/correct": Twin(
        "POST /v1/requests/{request_id}/corrections",
        only_page={
            "all_recordings": CHOICE,
            "nobody_looked": "null as names says that nobody looked what the request names",
        },
    ),
    "/requests/{request_id}/close": Twin("POST /v1/requests/{request_id}/close"),
    "/incidents/{incident_id}/complaints": Twin(
        "POST /v1/complaints",
        only_v1={"filed_at": WHEN, "log_number": "a number that another system gave it"},
    ),
    "/requests/{request_id}/incident": Twin("POST /v1/requests/{request_id}/incident"),
    "/complaints/{complaint_id}/incident": Twin("POST /v1/complaints/{complaint_id}/incident"),
    "/recordings/{recording_id}/tag": Twin(
        "POST /v1/recordings/{recording_id}/tag",
        only_v1={"call_id": "the page lists incidents; a program may name the call"},
    ),
    "/recordings/{recording_id}/releases": Twin(
        "POST /v1/releases",
        only_v1={"request_id": "the request that a release for the public answers"},
    ),
    "/recordings/{recording_id}/redactions": Twin("POST /v1/recordings/{recording_id}/redactions"),
    "/recordings/{recording_id}/plan": Twin("POST /v1/recordings/{recording_id}/plan/changes"),
    "/recordings/{recording_id}/plan/carrying": Twin(
        "POST /v1/recordings/{recording_id}/plan/carrying"
    ),
    "/recordings/{recording_id}/plan/transcript": Twin(
        "POST /v1/recordings/{recording_id}/plan/transcript"
    ),
    "/recordings/{recording_id}/plan/captions": Twin(
        "POST /v1/recordings/{recording_id}/plan/captions"
    ),
    "/recordings/{recording_id}/plan/undo": Twin("POST /v1/recordings/{recording_id}/plan/undo"),
    "/recordings/{recording_id}/plan/rendering": Twin(
        "POST /v1/recordings/{recording_id}/plan/rendering"
    ),
    "/recordings/{recording_id}/comments": Twin(
        "POST /v1/recordings/{recording_id}/comments",
        only_page={"release_id": "the page to go back to"},
    ),
    "/comments/{comment_id}/settle": Twin("POST /v1/comments/{comment_id}/settle"),
    "/releases/{release_id}/approve": Twin("POST /v1/releases/{release_id}/approve"),
    "/releases/{release_id}/signature/revoke": Twin(
        "POST /v1/releases/{release_id}/signature/revoke"
    ),
    "/releases/{release_id}/captions": Twin("POST /v1/releases/{release_id}/captions"),
    "/releases/{release_id}/withdraw": Twin("POST /v1/releases/{release_id}/withdraw"),
    "/requests/{request_id}/releases": Twin("POST /v1/requests/{request_id}/releases"),
    "/releases/{release_id}/links": Twin("POST /v1/releases/{release_id}/links"),
    "/links/{link_id}/revoke": Twin("POST /v1/links/{link_id}/revoke"),
    "/shared/{token}": RECIPIENT,
    "/jobs/{job_id}/cancel": Twin("POST /v1/jobs/{job_id}/cancel"),
    "/jobs/{job_id}/retry": Twin("POST /v1/jobs/{job_id}/retry"),
    "/coverage/publication": Twin("POST /v1/coverage/publications"),
    "/cameras/assign": Twin("POST /v1/cameras/{serial}/assignments"),
    "/cameras/take-back": Twin("POST /v1/cameras/{serial}/assignments/end"),
    "/cameras/retire": Twin("PATCH /v1/cameras/{serial}", renamed={"since": "out_of_service_at"}),
    "/cameras/restore": Twin(
        "PATCH /v1/cameras/{serial}",
        only_v1={"out_of_service_at": "null: it is in service"},
    ),
    "/findings/refresh": Twin("POST /v1/findings/refresh"),
    "/findings/{finding_id}/explanation": Twin("POST /v1/findings/{finding_id}/explanation"),
    "/findings/{finding_id}/ruling": Twin("POST /v1/findings/{finding_id}/ruling"),
    "/footage/answers": Twin("POST /v1/footage/answers"),
    "/audits": Twin("POST /v1/audits"),
    "/audits/draws/{draw_id}/reviews": Twin("POST /v1/audits/draws/{draw_id}/reviews"),
    "/policy/changes": Twin("POST /v1/policy/changes"),
    "/policy/changes/{number}/activate": Twin("POST /v1/policy/changes/{number}/activate"),
    "/policy/changes/{number}/refuse": Twin("POST /v1/policy/changes/{number}/refuse"),
    "/users": Twin("POST /v1/users"),
    "/users/{username}/role": Twin(
        "PATCH /v1/users/{username}", only_v1={"password": ONE_PATCH, "active": ONE_PATCH}
    ),
    "/users/{username}/password": Twin(
        "PATCH /v1/users/{username}", only_v1={"role": ONE_PATCH, "active": ONE_PATCH}
    ),
    "/users/{username}/deactivate": Twin(
        "PATCH /v1/users/{username}",
        only_v1={"role": ONE_PATCH, "password": ONE_PATCH, "active": "false"},
    ),
    "/users/{username}/reactivate": Twin(
        "PATCH /v1/users/{username}",
        only_v1={"role": ONE_PATCH, "password": ONE_PATCH, "active": "true"},
    ),
    "/users/{username}/second-factor": Twin("DELETE /v1/users/{username}/second-factor"),
    "/imports": Twin("POST /v1/imports"),
    "/imports/{import_id}/apply": Twin("POST /v1/imports/{import_id}/apply"),
    "/imports/{import_id}/give-up": Twin("DELETE /v1/imports/{import_id}"),
}

BYTES = NoTwin("a file: the same address sends it to whoever shows a bearer token")
EMPTY_FORM = NoTwin("an empty form; the contract says what it asks for")

READINGS: dict[str, Row] = {
    "/healthz": NoTwin("for the machine that watches the process; JSON itself"),
    "/readyz": NoTwin("for the machine that watches the process; JSON itself"),
    "/sign-in": EMPTY_FORM,
    "/code": EMPTY_FORM,
    "/imports": EMPTY_FORM,
    "/": NoTwin("sends each role to its own page"),
    "/account": Twin("GET /v1/account"),
    "/account/second-factor": Twin("GET /v1/account/second-factor"),
    "/calendar/{secret}.ics": Twin(
        "GET /v1/due.ics",
        only_page={"secret": "a calendar program cannot sign in; its address is the proof"},
        other_right="a calendar program cannot sign in",
    ),
    "/mine": Twin("GET /v1/mine"),
    "/decisions": Twin("GET /v1/decisions"),
    "/decisions/{incident_id}": Twin("GET /v1/decisions/{incident_id}"),
    "/overview": Twin("GET /v1/overview"),
    "/withheld": Twin("GET /v1/withheld"),
    "/queue": Twin("GET /v1/queue"),
    "/search": Twin("GET /v1/search"),
    "/incidents": Twin("GET /v1/incidents"),
    "/incidents/{incident_id}": Twin(
        "GET /v1/incidents/{incident_id}",
        also=(
            "GET /v1/incidents/{incident_id}/people",
            "GET /v1/incidents/{incident_id}/custody",
            "GET /v1/requests/{request_id}/corrections",
        ),
    ),
    "/obligations/{obligation_id}/files/{file_id}": Twin(
        "GET /v1/obligations/{obligation_id}/files/{file_id}"
    ),
    "/requests": Twin("GET /v1/unplaced"),
    "/incidents/{incident_id}/letters/{audience}/{kind}": Twin(
        "GET /v1/incidents/{incident_id}/letters/{audience}/{kind}"
    ),
    "/recordings": Twin("GET /v1/recordings"),
    "/recordings/{recording_id}": Twin(
        "GET /v1/recordings/{recording_id}", also=("GET /v1/recordings/{recording_id}/custody",)
    ),
    "/recordings/{recording_id}/review": Twin(
        "GET /v1/recordings/{recording_id}/timeline",
        only_page={"t": MOMENT, "picture": MOMENT},
        also=(
            "GET /v1/recordings/{recording_id}/plan",
            "GET /v1/recordings/{recording_id}/plan/masks",
            "GET /v1/recordings/{recording_id}/pictures",
            "GET /v1/recordings/{recording_id}/persons",
            "GET /v1/recordings/{recording_id}/comments",
            "GET /v1/recordings/{recording_id}/grounds",
            "POST /v1/recordings/{recording_id}/review/presence",
        ),
    ),
    "/recordings/{recording_id}/proxy": BYTES,
    "/recordings/{recording_id}/poster": BYTES,
    "/renderings/{rendering_id}/video": BYTES,
    "/renderings/{rendering_id}/poster": BYTES,
    "/audits/draws/{draw_id}/recordings/{recording_id}/proxy": BYTES,
    "/releases": Twin("GET /v1/releases"),
    "/releases/{release_id}/captions.vtt": Twin("GET /v1/releases/{release_id}/captions"),
    "/releases/{release_id}": Twin(
        "GET /v1/releases/{release_id}",
        also=(
            "GET /v1/releases/{release_id}/links",
            "GET /v1/recordings/{recording_id}/comments",
            "GET /v1/recordings/{recording_id}",
            "GET /v1/incidents/{incident_id}",
            "GET /v1/incidents/{incident_id}/custody",
        ),
    ),
    "/shared/{token}": RECIPIENT,
    "/shared/{token}/video": RECIPIENT,
    "/shared/{token}/copy": RECIPIENT,
    "/shared/{token}/captions.vtt": RECIPIENT,
    "/jobs": Twin("GET /v1/jobs"),
    "/jobs/events": Twin("GET /v1/jobs"),
    "/coverage": Twin(
        "GET /v1/coverage", other_right="an officer is sent on to his own page, which has its own"
    ),
    "/coverage.csv": Twin(
        "GET /v1/coverage", only_v1={"page": "the table holds every page of the officers"}
    ),
    "/coverage/publication": Twin(
        "GET /v1/coverage/publications/preview", also=("GET /v1/coverage/publications",)
    ),
    "/coverage/officers/{badge}": Twin(
        "GET /v1/coverage/officers/{badge}",
        only_page={"day": "a program asks for one day by /v1/coverage/officers/{badge}/days/{day}"},
        also=("GET /v1/coverage/officers/{badge}/days/{day}",),
    ),
    "/coverage/officers/{badge}/calls.csv": Twin(
        "GET /v1/coverage/officers/{badge}",
        only_v1={"by": "the table has a line for each call, of whatever week"},
    ),
    "/coverage/call": Twin("GET /v1/coverage/call"),
    "/coverage/call.csv": Twin("GET /v1/coverage/call"),
    "/cameras": Twin("GET /v1/cameras", also=("GET /v1/cameras/{serial}/assignments",)),
    "/coverage/units": Twin("GET /v1/coverage/units"),
    "/coverage/units.csv": Twin("GET /v1/coverage/units"),
    "/coverage/unit": Twin("GET /v1/coverage/unit"),
    "/coverage/unit.csv": Twin(
        "GET /v1/coverage/unit", only_v1={"by": "the table has a line for each officer"}
    ),
    "/coverage/trend": Twin(
        "GET /v1/coverage/trend",
        only_page={
            "break_day": "the form adds its day to `break`",
            "break_why": "the form adds its reason to `break`",
        },
    ),
    "/coverage/trend.csv": Twin("GET /v1/coverage/trend"),
    "/coverage/comparison": Twin("GET /v1/coverage/comparison"),
    "/coverage/comparison.csv": Twin("GET /v1/coverage/comparison"),
    "/coverage/equity": Twin("GET /v1/coverage/equity"),
    "/coverage/equity.csv": Twin("GET /v1/coverage/equity"),
    "/coverage/statutory": Twin(
        "GET /v1/coverage/statutory",
        only_page={
            "figure": "the form adds its figure to `state`",
            "value": "the form adds its value to `state`",
        },
    ),
    "/coverage/statutory.csv": Twin("GET /v1/coverage/statutory"),
    "/findings": Twin("GET /v1/findings", only_page={"page": "the JSON list has them all"}),
    "/findings.csv": Twin("GET /v1/findings"),
    "/footage": Twin("GET /v1/footage"),
    "/footage/answers/{answer_number}": Twin("GET /v1/footage/answers/{answer_number}"),
    "/audits": Twin("GET /v1/audits"),
    "/audits/{audit_number}": Twin("GET /v1/audits/{audit_number}"),
    "/audits/{audit_number}/redraw": Twin("GET /v1/audits/{audit_number}/redraw"),
    "/audits/{audit_number}/results.csv": Twin("GET /v1/audits/{audit_number}"),
    "/audits/{audit_number}/frame.csv": Twin("GET /v1/audits/{audit_number}/frame"),
    "/audits/draws/{draw_id}/footage": Twin("GET /v1/audits/draws/{draw_id}/footage"),
    "/custody": Twin("GET /v1/custody/entries", also=("GET /v1/custody",)),
    "/policy": Twin("GET /v1/policy"),
    "/users": Twin("GET /v1/users"),
    "/administration": Twin("GET /v1/health", also=("GET /v1/users", "GET /v1/cameras")),
    "/retention": Twin("GET /v1/retention"),
    "/imports/{import_id}": Twin("GET /v1/imports/{import_id}"),
}

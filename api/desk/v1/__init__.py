"""The desk's JSON API, version 1. Errors are problem+json; times are ISO 8601 in UTC."""

from api.desk.v1 import (
    audits,
    cases,
    coverage,
    custody,
    due,
    jobs,
    persons,
    placing,
    plans,
    policy,
    recordings,
    releases,
    search,
    sessions,
    uploads,
)

ROUTERS = (
    sessions.router,
    recordings.router,
    persons.router,
    plans.router,
    uploads.router,
    cases.router,
    placing.router,
    releases.router,
    jobs.router,
    coverage.router,
    audits.router,
    policy.router,
    due.router,
    custody.router,
    search.router,
)

"""The portal's forms and pages beside their counterparts in `/v1`. A new page has its row here."""

from tests.counterparts import NoTwin, Row, Twin

FORMS: dict[str, Row] = {
    "/complaint": Twin(
        "POST /v1/letters", only_v1={"name": "who complains is not asked for a name"}
    ),
    "/request": Twin(
        "POST /v1/letters",
        only_v1={
            "kind": "request",
            "release_id": "what is public already need not be asked for",
        },
    ),
    "/receipt": Twin("POST /v1/receipts"),
}

EMPTY_FORM = NoTwin("an empty form; the contract says what it asks for, and 503 that it is closed")
FEED = NoTwin("a format of its own for programs, of what /v1/releases lists")
CRAWLER = NoTwin("for search engines, of what /v1/releases lists")

READINGS: dict[str, Row] = {
    "/": Twin("GET /v1/releases", also=("GET /v1/facets",)),
    "/releases/{release_id}": Twin("GET /v1/releases/{release_id}"),
    "/releases/{release_id}/{name}": NoTwin("a file of a bundle; /v1 names its address and hash"),
    "/policy": Twin("GET /v1/policy"),
    "/log": Twin("GET /v1/log"),
    "/log.csv": Twin("GET /v1/log"),
    "/upcoming": Twin("GET /v1/upcoming"),
    "/withheld": Twin("GET /v1/withheld"),
    "/coverage": Twin("GET /v1/coverage"),
    "/coverage.csv": Twin("GET /v1/coverage"),
    "/verify": NoTwin("words alone: how anyone checks a file"),
    "/complaint": EMPTY_FORM,
    "/request": EMPTY_FORM,
    "/receipt": EMPTY_FORM,
    "/feed.atom": FEED,
    "/feed.json": FEED,
    "/sitemap.xml": CRAWLER,
    "/sitemaps/{part}.xml": CRAWLER,
    "/robots.txt": CRAWLER,
    "/favicon.ico": NoTwin("the icon that browsers ask for by themselves"),
    "/healthz": NoTwin("for the machine that watches the process; JSON itself"),
    "/readyz": NoTwin("for the machine that watches the process; JSON itself"),
}

"""The API's description is right: by itself, and held against the running service."""

import re

import pytest
import requests
import schemathesis
import yaml
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis.specs.openapi.checks import (
    content_type_conformance, ignored_auth, response_schema_conformance, status_code_conformance)

from identities import WITH_KEY
from service import ROOT, Client, Service, eventually, make_key
from webhooks import APP_SECRET, ENVIRONMENT, GENERIC_SECRET, say, signature

PATH = ROOT / "docs/openapi.yaml"


class PlainLoader(yaml.SafeLoader):
    """Leaves dates as the text that JSON has for them."""


PlainLoader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
DOCUMENT = yaml.load(PATH.read_text(), PlainLoader)
REGISTRY = Registry().with_resource("urn:openapi", Resource(contents=DOCUMENT, specification=DRAFT202012))
PROBLEM_ROW = re.compile(r"^\| `(/problems/\w+)` \| (\d+) \|", re.MULTILINE)


def resolved(node):
    """What a reference within the document leads to."""
    while isinstance(node, dict) and "$ref" in node:
        target = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def validator(place):
    """Of the schema that stands there."""
    return OAS31Validator(
        {"$ref": "urn:openapi" + place}, registry=REGISTRY, format_checker=OAS31Validator.FORMAT_CHECKER)


def fulfils(body, schema):
    return validator(f"#/components/schemas/{schema}").is_valid(body)


def nodes(node=DOCUMENT, place="#"):
    """Each object of the document, with where it stands."""
    if isinstance(node, dict):
        yield place, node
        for name, child in node.items():
            yield from nodes(child, place + "/" + name.replace("~", "~0").replace("/", "~1"))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from nodes(child, f"{place}/{number}")


def examples():
    """Each example, with where the schema stands that it has to fulfil."""
    for place, node in nodes():
        if "schema" in node:
            values = [resolved(example)["value"] for example in node.get("examples", {}).values()]
            for value in values + [node["example"]] if "example" in node else values:
                yield f"{place}/schema", value
        elif "type" in node and isinstance(node.get("examples"), list):
            for value in node["examples"]:
                yield place, value


def operations():
    for path, item in DOCUMENT["paths"].items():
        for method in sorted(item.keys() & {"get", "put", "post", "delete", "patch"}):
            yield f"{method.upper()} {path}", item[method]


def test_the_description_is_valid_openapi():
    validate(DOCUMENT)


def test_every_example_fulfils_its_schema():
    found = list(examples())
    assert len(found) > 50, "the examples were not found"
    faults = [f"{place}: {error.message}" for place, value in found for error in validator(place).iter_errors(value)]
    assert not faults


def test_every_answer_and_request_body_has_an_example():
    bodies = [(place, node) for place, node in nodes() if re.search(r"/content/[^/]+$", place)]
    assert len(bodies) > 20, "the bodies were not found"
    assert [place for place, node in bodies if "example" not in node and "examples" not in node] == []


def test_every_problem_stands_in_the_table_and_has_an_example():
    table = {kind: int(status) for kind, status in PROBLEM_ROW.findall(DOCUMENT["info"]["description"])}
    shown = {node["type"]: node["status"] for _, node in nodes() if str(node.get("type")).startswith("/problems/")}
    assert shown == table


def test_a_problem_has_the_status_of_its_answer():
    for name, operation in operations():
        for status, response in operation["responses"].items():
            media = resolved(response)["content"].get("application/problem+json", {})
            shown = [resolved(example)["value"] for example in media.get("examples", {}).values()]
            shown += [media["example"]] if "example" in media else []
            assert all(problem["status"] == int(status) for problem in shown), f"{name} {status}"


def test_nothing_described_is_unused():
    text = PATH.read_text()
    named = [f"#/components/{kind}/{name}" for kind, things in DOCUMENT["components"].items() for name in things]
    assert [name for name in named if "securitySchemes" not in name and f"'{name}'" not in text] == []


URL = "https://example.com/send"
ANSWER = {"on": "message", "action": URL}
EVENT = {"event": "message", "contact": "ann"}


@pytest.mark.parametrize("schema, body", [
    ("ActivationRequest", {"contact": "a", "by": "crm"}),
    ("ActivationRequest", {"contacts": ["a"] * 10_000, "by": "campaign:spring"}),
    ("PlanChange", {"plan": "pro"}),
    ("PlanChange", {"zone": "UTC", "effect": "period_end"}),
    ("ScenarioRequest", ANSWER),
    ("ScenarioRequest", ANSWER | {"match": "any", "keywords": [], "replyWindow": None, "coolDown": 366 * 86_400}),
    ("ScenarioRequest", ANSWER | {"match": "exact", "keywords": ["hi"]}),
    ("ScenarioRequest", {"on": "comment", "steps": [{"action": URL, "delay": 30 * 86_400}] * 20}),
    ("GenericEvent", EVENT | {"id": 42, "at": 1_795_508_160}),
    ("GenericEvents", {"events": [EVENT] * 1_000}),
])
def test_the_description_allows(schema, body):
    assert fulfils(body, schema)


@pytest.mark.parametrize("schema, body", [
    ("ActivationRequest", {"contact": "a", "contacts": ["b"], "by": "crm"}),
    ("ActivationRequest", {"by": "crm"}),
    ("ActivationRequest", {"contact": "a"}),
    ("ActivationRequest", {"contact": "a", "by": "crm", "contactId": "a"}),
    ("ActivationRequest", {"contacts": [], "by": "crm"}),
    ("ActivationRequest", {"contacts": ["a"] * 10_001, "by": "crm"}),
    ("ActivationRequest", {"contact": "a\tb", "by": "crm"}),
    ("ActivationRequest", {"contact": "a", "by": "Crm"}),
    ("PlanChange", {}),
    ("PlanChange", {"effect": "now"}),
    ("PlanChange", {"startDay": 29}),
    ("PlanChange", {"limit": -1}),
    ("PlanChange", {"effect": "period-end", "limit": 1}),
    ("ScenarioRequest", {"on": "message"}),
    ("ScenarioRequest", {"action": URL}),
    ("ScenarioRequest", ANSWER | {"steps": [{"action": URL}]}),
    ("ScenarioRequest", ANSWER | {"match": "exact"}),
    ("ScenarioRequest", ANSWER | {"match": "any", "keywords": ["hi"]}),
    ("ScenarioRequest", {"on": "message", "steps": []}),
    ("ScenarioRequest", {"on": "message", "steps": [{"action": URL}] * 21}),
    ("ScenarioRequest", ANSWER | {"replyWindow": 59}),
    ("ScenarioRequest", ANSWER | {"coolDown": None}),
    ("ScenarioRequest", ANSWER | {"id": "welcome"}),
    ("GenericEvent", {"event": "message"}),
    ("GenericEvent", EVENT | {"details": {"a": 1}}),
    ("GenericEvents", {"events": []}),
    ("GenericEvents", {"events": [EVENT] * 1_001}),
])
def test_the_description_forbids(schema, body):
    assert not fulfils(body, schema)


@pytest.fixture(scope="module")
def service(redis):
    """One that may erase, and takes webhooks of Instagram."""
    service = Service(redis.url, "--metrics", environment=WITH_KEY | ENVIRONMENT)
    yield service
    service.close()


def test_the_service_serves_this_very_file(service):
    answer = requests.get(service.url + "/openapi.yaml", timeout=10)
    assert answer.content == PATH.read_bytes()
    assert answer.headers["Content-Type"] == "application/yaml"


SETTLING = ["confirmReservation", "releaseReservation", "confirmReservations", "releaseReservations"]
CHANGING = [
    "addCampaignContacts", "startCampaign", "pauseCampaign", "resumeCampaign", "cancelCampaign", "retryCampaign",
    "resendNotice",
]
READING_ONE = [
    "getCampaign", "getCampaignReport", "getScenario", "listScenarioRuns", "getDeadLetter",
]
ENDING = [
    "removeScenario", "enableScenario", "disableScenario", "unlinkInstagram", "unlinkGeneric", "purgeDeadLetter",
]
DESCRIBED = schemathesis.openapi.from_path(PATH, config=schemathesis.Config.from_dict({
    # Without keys made up by it: the test brings one that is valid.
    "generation": {
        "deterministic": True, "max-examples": 100, "database": "none", "with-security-parameters": False},
    "phases": {"coverage": {"generate-duplicate-query-parameters": True}},
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx"]}},
    # What the description can't say: which kinds of action, plans and time zones there are, what is no text in base64,
    # that two contacts are the same one, how many bytes a text has (422); which campaigns, notices and the like there
    # are (404), and in which state (409); the verify token (403).
    "operations": [{
        "include-operation-id": operations,
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", *statuses]}},
    } for operations, statuses in [
        (["activate", "setPlan", "reserve", "mergeContacts", *SETTLING], ["422"]),
        (["linkGeneric", "takeGenericWebhook"], ["422"]), (["linkInstagram"], ["409"]),
        (["createCampaign", "putScenario"], ["409", "422"]),
        ([*READING_ONE, *ENDING], ["404"]), ([*CHANGING, "replayDeadLetter"], ["404", "409"]),
        (["verifyInstagramWebhook"], ["403"]),
    ]],
}))
_seen = set()


@DESCRIBED.hook
def filter_body(context, body):
    """Leaves out numbers such as 5.0, which JSON Schema takes for integers: ids are digits."""
    if isinstance(body, (dict, list)):
        return all(filter_body(context, part) for part in (body.values() if isinstance(body, dict) else body))
    return not (isinstance(body, float) and body.is_integer())


class Signing(requests.auth.AuthBase):
    """Signs a webhook's bytes as its channel has it, but for a signature that is malformed on purpose."""

    def __init__(self, service, key):
        self.service, self.key = service, key

    def __call__(self, request):
        if re.fullmatch("sha256=[0-9A-Fa-f]{64}", request.headers.get("X-Hub-Signature-256", "")):
            channel, _, account = request.path_url.removeprefix("/webhooks/").partition("/")
            if channel == "generic":
                with Client(self.service, self.key) as client:
                    client.put(f"/v1/accounts/{account}/channels/generic", json={"secrets": [APP_SECRET]})
            body = request.body or b""
            request.headers["X-Hub-Signature-256"] = signature(body.encode() if isinstance(body, str) else body)
        return request


@DESCRIBED.parametrize()
def test_the_service_does_what_the_description_says(case, service, admin_key):
    excluded = []
    if case.operation.label in _seen:
        # The wrong key that it tries each time is throttled (429) after ten failures, as it should be.
        excluded.append(ignored_auth)
    _seen.add(case.operation.label)
    signing = {"auth": Signing(service, admin_key)} if case.path.startswith("/webhooks/") else {}
    case.call_and_validate(
        base_url=service.url, headers={"Authorization": f"Bearer {admin_key}"}, timeout=30, excluded_checks=excluded,
        **signing)


def keyed():
    """Each operation that wants a key: the scope, the method and the path."""
    for name, operation in operations():
        method, path = name.split(" ")
        for security in operation.get("security", []):
            yield pytest.param(security["bearer"][0], method, path, id=operation["operationId"])


@pytest.fixture(scope="module")
def keys(redis):
    """One of each scope, and one of an account that is nobody's here."""
    return {scope: make_key(redis, scope) for scope in ("activate", "read", "admin")} | {
        "bound": make_key(redis, account="acct_elsewhere")}


@pytest.mark.parametrize("needed, method, path", list(keyed()))
def test_a_key_may_do_what_the_description_says(service, keys, needed, method, path):
    """Whatever becomes of the request itself, which is incomplete."""
    for name, key in keys.items():
        with Client(service, key) as client:
            answer = client.request(method, re.sub("{[a-z]+}", "acct_contract", path))
        is_allowed = name in (needed, "admin")
        assert (answer.status_code != 403) == is_allowed, f"{name}: {answer.text}"
        assert is_allowed or name == "bound" or needed in answer.json()["detail"]


@pytest.fixture
def ask(service, admin_key, account):
    """Makes requests about an account, whose answers have to be as they are described."""
    def make(method, path, body=None, **parameters):
        parameters["account"] = account
        case = DESCRIBED["/v1/accounts/{account}" + path][method].Case(
            path_parameters=parameters, **({"body": body} if body else {}))
        answer = case.call_and_validate(
            base_url=service.url, headers={"Authorization": f"Bearer {admin_key}"}, timeout=30,
            checks=[response_schema_conformance, status_code_conformance, content_type_conformance])
        return answer.json() if answer.content else None

    return make


def test_answers_about_what_exists_are_described_too(ask):
    """What a generated request finds by chance only: tokens, notices and contacts that are there."""
    held = ask("POST", "/reservations", {"contacts": ["ann", "bob", "cleo"], "by": "campaign:x"})["results"]
    ann, bob, cleo = (result["token"] for result in held)
    assert ask("POST", "/reservations/{token}/confirm", token=ann)["verdict"] == "activated"
    assert ask("POST", "/reservations/{token}/release", token=bob)["verdict"] == "released"
    results = ask("POST", "/reservations/confirm", {"tokens": [ann, cleo]})["results"]
    assert [result["verdict"] for result in results] == ["already_activated", "activated"]
    (result,) = ask("POST", "/reservations/release", {"tokens": [bob]})["results"]
    assert result["verdict"] == "not_held"
    assert ask("POST", "/contacts/merge", {"from": "cleo", "into": "dora"})["fromWasCounted"] is True
    assert ask("DELETE", "/contacts/{contact}", contact="ann")["erased"] is True
    ask("PUT", "/plan", {"limit": 2})
    ask("PUT", "/plan", {"limit": 3, "effect": "period_end"})
    assert eventually(lambda: all(
        notice["status"] == "no_url" for notice in ask("GET", "/notices")["notices"]))
    notices = ask("GET", "/notices")["notices"]
    assert {notice["event"] for notice in notices} == {"limit.changed", "threshold.reached", "limit.reached"}
    assert ask("POST", "/notices/{notice}/resend", notice=notices[0]["id"])["id"] == notices[0]["id"]
    assert ask("DELETE", "")["keys"] > 0


def test_answers_about_scenarios_and_their_runs_are_described_too(ask, service, account, action, start_worker):
    server = action(lambda request: {"ann": 400, "bob": 200, "cleo": 503}[request.json["contact"]])
    steps = [{"action": server.url}, {"action": server.url, "delay": 86_400}]
    assert ask("PUT", "/scenarios/{scenario}", {"on": "message", "steps": steps}, scenario="welcome")["active"] == 0
    ask("PUT", "/channels/generic", {"secrets": [GENERIC_SECRET]})
    assert ask("PUT", "/channels/instagram/{id}", id="178414")["instagram"] == ["178414"]
    assert ask("GET", "/channels")["genericSecrets"] == 1
    for contact in ("ann", "bob", "cleo"):
        say(Client(service), account, contact)
    start_worker()

    def runs():
        found = ask("GET", "/scenarios/{scenario}/runs", scenario="welcome")["runs"]
        return {run["contact"]: (run["state"], run["step"], run["due"] is not None) for run in found}

    assert eventually(lambda: runs() == {
        "ann": ("failed", 1, False), "bob": ("waiting", 2, True), "cleo": ("waiting", 1, True)})
    (letter,) = ask("GET", "/dead-letters")["deadLetters"]
    assert ask("GET", "/dead-letters/{letter}", letter=letter["id"]) == letter
    assert ask("POST", "/scenarios/{scenario}/disable", scenario="welcome")["enabled"] is False
    say(Client(service), account, "ann")
    records = {contact: ask("GET", "/contacts/{contact}/history", contact=contact)["records"]
               for contact in ("ann", "bob", "cleo")}
    assert [record.get("step", {}).get("outcome") for record in records["ann"]] == [None, "failed", None]
    assert [found[0]["step"]["outcome"] for found in (records["bob"], records["cleo"])] == ["sent", "later"]
    assert ask("POST", "/dead-letters/{letter}/replay", letter=letter["id"]) == {"result": "replayed"}
    assert ask("GET", "/scenarios")["scenarios"] == [ask("GET", "/scenarios/{scenario}", scenario="welcome")]
    for method, path, parameters in [
            ("DELETE", "/channels/instagram/{id}", {"id": "178414"}), ("DELETE", "/channels/generic", {}),
            ("DELETE", "/scenarios/{scenario}", {"scenario": "welcome"})]:
        assert ask(method, path, **parameters) is None

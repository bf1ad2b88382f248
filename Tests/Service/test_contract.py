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
from service import ROOT, Service, eventually

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
        for method in item.keys() & {"get", "put", "post", "delete", "patch"}:
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


@pytest.mark.parametrize("schema, body", [
    ("ActivationRequest", {"contact": "a", "by": "crm"}),
    ("ActivationRequest", {"contacts": ["a"] * 10_000, "by": "campaign:spring"}),
    ("PlanChange", {"plan": "pro"}),
    ("PlanChange", {"zone": "UTC", "effect": "period_end"}),
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
])
def test_the_description_forbids(schema, body):
    assert not fulfils(body, schema)


@pytest.fixture(scope="module")
def service(redis):
    """One that may erase."""
    service = Service(redis.url, "--metrics", environment=WITH_KEY)
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
DESCRIBED = schemathesis.openapi.from_path(PATH, config=schemathesis.Config.from_dict({
    # Without keys made up by it: the test brings one that is valid.
    "generation": {
        "deterministic": True, "max-examples": 100, "database": "none", "with-security-parameters": False},
    "phases": {"coverage": {"generate-duplicate-query-parameters": True}},
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx"]}},
    # What the description can't say: which kinds of action, plans and time zones there are, what is no text in base64,
    # that two contacts are the same one (422); which campaigns and notices there are (404), and in which state (409).
    "operations": [{
        "include-operation-id": operations,
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", *statuses]}},
    } for operations, statuses in [
        (["activate", "setPlan", "reserve", "mergeContacts", *SETTLING], ["422"]),
        (["createCampaign"], ["409", "422"]), (["getCampaign", "getCampaignReport"], ["404"]),
        (CHANGING, ["404", "409"]),
    ]],
}))
_seen = set()


@DESCRIBED.parametrize()
def test_the_service_does_what_the_description_says(case, service, admin_key):
    excluded = []
    if case.operation.label in _seen:
        # The wrong key that it tries each time is throttled (429) after ten failures, as it should be.
        excluded.append(ignored_auth)
    _seen.add(case.operation.label)
    case.call_and_validate(
        base_url=service.url, headers={"Authorization": f"Bearer {admin_key}"}, timeout=30, excluded_checks=excluded)


def test_answers_about_what_exists_are_described_too(service, admin_key):
    """What a generated request finds by chance only: tokens, notices and contacts that are there."""
    def ask(method, path, body=None, **parameters):
        parameters["account"] = "acct_contract"
        case = DESCRIBED[path][method].Case(path_parameters=parameters, **({"body": body} if body else {}))
        return case.call_and_validate(
            base_url=service.url, headers={"Authorization": f"Bearer {admin_key}"}, timeout=30,
            checks=[response_schema_conformance, status_code_conformance, content_type_conformance]).json()

    account = "/v1/accounts/{account}"
    held = ask("POST", account + "/reservations", {"contacts": ["ann", "bob", "cleo"], "by": "campaign:x"})["results"]
    ann, bob, cleo = (result["token"] for result in held)
    assert ask("POST", account + "/reservations/{token}/confirm", token=ann)["verdict"] == "activated"
    assert ask("POST", account + "/reservations/{token}/release", token=bob)["verdict"] == "released"
    results = ask("POST", account + "/reservations/confirm", {"tokens": [ann, cleo]})["results"]
    assert [result["verdict"] for result in results] == ["already_activated", "activated"]
    (result,) = ask("POST", account + "/reservations/release", {"tokens": [bob]})["results"]
    assert result["verdict"] == "not_held"
    assert ask("POST", account + "/contacts/merge", {"from": "cleo", "into": "dora"})["fromWasCounted"] is True
    assert ask("DELETE", account + "/contacts/{contact}", contact="ann")["erased"] is True
    ask("PUT", account + "/plan", {"limit": 2})
    ask("PUT", account + "/plan", {"limit": 3, "effect": "period_end"})
    assert eventually(lambda: all(
        notice["status"] == "no_url" for notice in ask("GET", account + "/notices")["notices"]))
    notices = ask("GET", account + "/notices")["notices"]
    assert {notice["event"] for notice in notices} == {"limit.changed", "threshold.reached", "limit.reached"}
    assert ask("POST", account + "/notices/{notice}/resend", notice=notices[0]["id"])["id"] == notices[0]["id"]
    assert ask("DELETE", account)["keys"] > 0

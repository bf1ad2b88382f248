"""Where an account's notices go and at which percentages of its limit there are any: over HTTP and by command."""

import json

import pytest

from notices import limit
from service import Client, make_key, run


def test_settings_over_http_and_by_command_are_the_same(redis, client, account):
    path = f"/v1/accounts/{account}/notices"
    nothing = {"account": account, "url": None, "thresholds": None}
    assert client.get(path).json() == nothing | {"notices": []}
    for change, holds in [
        ({"url": "https://example.com/hook"}, {"url": "https://example.com/hook"}),
        ({"thresholds": [100, 50]}, {"url": "https://example.com/hook", "thresholds": [100, 50]}),
        ({"url": None}, {"thresholds": [100, 50]}), ({"thresholds": []}, {"thresholds": []}),
        ({"thresholds": None}, {}),
    ]:
        assert client.put(path, json=change).json() == nothing | holds
        assert client.get(path).json() == nothing | holds | {"notices": []}
        assert json.loads(run("notices", "show", account, "--json", redis=redis).stdout) == nothing | holds
    done = run("notices", "set", account, "--url", "http://[::1]:80/", "--thresholds", "1,100", "--json", redis=redis)
    assert json.loads(done.stdout) == {"account": account, "url": "http://[::1]:80/", "thresholds": [1, 100]}
    done = run("notices", "set", account, "--no-url", "--thresholds", "none", redis=redis)
    assert "that of the configuration" in done.stdout and "none" in done.stdout


@pytest.mark.parametrize("change, status, kind", [
    ({}, 400, "invalid_body"), ({"URL": "https://example.com/"}, 400, "unknown_field"),
    ({"url": "ftp://example.com/"}, 422, "invalid_notices"), ({"url": "/hook"}, 422, "invalid_notices"),
    ({"url": ""}, 422, "invalid_notices"), ({"url": 5}, 400, "invalid_body"),
    ({"thresholds": [0]}, 422, "invalid_notices"), ({"thresholds": [101]}, 422, "invalid_notices"),
    ({"thresholds": [50, 50]}, 422, "invalid_notices"), ({"thresholds": [0.5]}, 400, "invalid_body"),
    ({"thresholds": "50"}, 400, "invalid_body"),
    ({"url": "https://example.com/hook", "thresholds": [0]}, 422, "invalid_notices"),
])
def test_settings_that_can_not_be(client, account, change, status, kind):
    answer = client.put(f"/v1/accounts/{account}/notices", json=change)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert client.get(f"/v1/accounts/{account}/notices").json()["url"] is None, "and nothing was changed"


@pytest.mark.parametrize("arguments, status, named", [
    ([], 64, "--url"), (["--url", "ftp://example.com/"], 64, "ftp://example.com/"), (["--thresholds", "0"], 64, "0"),
    (["--thresholds", "50,50"], 64, "50"), (["--thresholds", "many"], 64, "many"),
    (["--url", "http://a/", "--no-url"], 64, "--no-url"),
    (["--thresholds", "5", "--default-thresholds"], 64, "--default-thresholds"),
])
def test_settings_that_can_not_be_on_the_command_line(redis, account, arguments, status, named):
    done = run("notices", "set", account, *arguments, redis=redis, check=False)
    assert (done.returncode, done.stdout) == (status, "")
    assert named in done.stderr


@pytest.mark.parametrize("environment, named", [
    ({"HEADCOUNT_NOTICES_URL": "nowhere"}, "nowhere"), ({"HEADCOUNT_NOTICES_THRESHOLDS": "101"}, "101"),
    ({"HEADCOUNT_SIGNING_SECRET": "fifteen bytes.."}, "signing.secret"),
])
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_configuration_that_can_not_be(command, environment, named):
    done = run(command, "--check-config", environment=environment, check=False)
    assert (done.returncode, done.stdout) == (64, "")
    assert named in done.stderr and "fifteen bytes" not in done.stderr


def test_only_some_keys_see_notices_and_fewer_change_anything(redis, service, client, account):
    limit(redis, account, 10)
    path = f"/v1/accounts/{account}/notices"
    (notice,) = client.get(path).json()["notices"]
    for key, statuses in [
        (None, (401, 401, 401)), (make_key(redis, "activate"), (403, 403, 403)),
        (make_key(redis, "read"), (200, 403, 403)),
        (make_key(redis, "admin", account="acct_elsewhere"), (403, 403, 403)),
    ]:
        with Client(service, key) as stranger:
            assert statuses == (
                stranger.get(path).status_code, stranger.put(path, json={"url": "http://127.0.0.1:9/"}).status_code,
                stranger.post(f"{path}/{notice['id']}/resend").status_code)
    assert client.get(path).json()["url"] is None

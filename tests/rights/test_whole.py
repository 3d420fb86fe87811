"""The verdict on a recording: what is lacking is always told, what is superfluous only of a whole run."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from devworld.cluster import operator_user
from devworld.environment import OPERATOR_KEY
from tests.controlplane.apiserver import write_audit_policy
from tests.rights import __main__ as program
from tests.rights import aws_rights, cluster_rights, exceptions, recording, wholeness
from tests.rights.combined_policy import combined
from tests.rights.exceptions import Exceptions
from tests.rights.wholeness import Extent

AGENT = "Boto3/1 sagemaker-endpoint-operator"


def used(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for every right of the policy: its resource and conditions, wildcards and all, allow themselves."""
    rows = []
    for entry in document["Statement"]:
        named, resources = entry["Action"], entry["Resource"]
        conditions = {
            key.lower(): values if isinstance(values, str) else values[0]
            for each in entry.get("Condition", {}).values()
            for key, values in each.items()
        }
        for action in [named] if isinstance(named, str) else named:
            resource = resources if isinstance(resources, str) else resources[0]
            who = {"accessKey": OPERATOR_KEY, "userAgent": AGENT, "call": action}
            rows.append({**who, "action": action, "resource": resource, "there": True, "conditions": conditions})
    return rows


def asked() -> list[dict[str, Any]]:
    """A row for every right of the roles."""
    return [
        {
            "verb": right.verb,
            "group": right.group,
            "resource": right.resource,
            "namespace": right.namespace or recording.SOMEBODYS,
            "name": right.names[0] if right.names else "",
            "decision": "allow",
            "reason": "",
        }
        for right in cluster_rights.shipped()
    ]


NONE = Exceptions(aws={}, anywhere={}, cluster={})


def test_a_run_that_needed_every_right_has_nothing_to_say() -> None:
    assert program.judge(used(combined()), asked(), NONE, whole=True) == []


def test_one_action_less_in_the_policy_is_told() -> None:
    for entry in combined()["Statement"]:
        named = entry["Action"]
        for action in [named] if isinstance(named, str) else named:
            less = copy.deepcopy(combined())
            for each in less["Statement"]:
                actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
                each["Action"] = [other for other in actions if other != action]
            found = aws_rights.lacking(less, used(combined()), anywhere={})
            assert any(f"lacks {action} " in sentence for sentence in found), action


def test_one_action_too_many_in_the_policy_is_told_of_a_whole_run_alone() -> None:
    rows = [row for row in used(combined()) if row["action"] != "pricing:GetProducts"]
    assert program.judge(rows, asked(), NONE, whole=False) == []
    [sentence] = program.judge(rows, asked(), NONE, whole=True)
    assert sentence.startswith("nothing used LookAtPrices pricing:GetProducts: remove it from config/iam/features")


def test_one_verb_less_or_too_many_in_the_roles_is_told() -> None:
    rights = cluster_rights.shipped()
    for number, right in enumerate(rights):
        rest = rights[:number] + rights[number + 1 :]
        others = asked()[:number] + asked()[number + 1 :]
        wider = any(other.allows(asked()[number]) for other in rest)
        assert wider or cluster_rights.lacking(rest, asked()), right
        assert cluster_rights.unused(rights, others) == [str(right)]


def test_an_exception_lasts_as_long_as_its_reason() -> None:
    assert exceptions.complaints(["a"], {"a": "because"}, where="there") == []
    [sentence] = exceptions.complaints([], {"a": "because"}, where="there")
    assert "excepts a, which is used" in sentence


def test_every_exception_is_about_a_right_that_is_there() -> None:
    excepted = exceptions.read()
    assert set(excepted.aws) <= set(aws_rights.unused(combined(), [], anywhere={}))
    assert set(excepted.cluster) <= {str(right) for right in cluster_rights.shipped()}
    assert all(
        len(reason) > 30 for each in (excepted.aws, excepted.anywhere, excepted.cluster) for reason in each.values()
    )


def test_a_run_is_whole_when_every_file_was_run_and_none_in_part() -> None:
    wanted = frozenset({"a", "b"})
    all_of = Extent(files=wanted, narrowed=False)
    assert wholeness.missing([all_of], wanted=wanted) == []
    one = Extent(files=frozenset({"a"}), narrowed=False)
    assert wholeness.missing([one], wanted=wanted) == ["b"]
    narrowed = Extent(files=wanted, narrowed=True)
    assert wholeness.missing([one, narrowed], wanted=wanted) == ["b"]
    assert wholeness.test_files() >= {"tests/integration/test_least_privilege.py", "tests/cli/test_plan.py"}


def written(folder: Path, *, key: str = OPERATOR_KEY, agent: str = AGENT) -> Path:
    """A recording of a run that needed every right, and one besides, of few tests."""
    besides = {**used(combined())[0], "action": "iam:CreateUser", "accessKey": key, "userAgent": agent}
    lines = "".join(f"{json.dumps(row)}\n" for row in [*used(combined()), besides])
    (folder / f"w.{recording.ACTIONS}.jsonl").write_text(lines + '{"accessKey": "half', encoding="utf-8")
    requests = "".join(f"{json.dumps(row)}\n" for row in asked())
    (folder / f"w.{recording.REQUESTS}.jsonl").write_text(requests, encoding="utf-8")
    return folder


def test_the_program_fails_on_what_is_lacking_even_of_few_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main([str(written(tmp_path))]) == 1
    out = capsys.readouterr().out
    assert "the policy lacks iam:CreateUser" in out
    assert "superfluous rights are not looked for" in out


@pytest.mark.parametrize(("key", "agent"), [("another", AGENT), (OPERATOR_KEY, f"Boto3/1 {recording.PROBE}")])
def test_only_what_the_operator_itself_did_counts(tmp_path: Path, key: str, agent: str) -> None:
    assert program.main([str(written(tmp_path, key=key, agent=agent))]) == 0


def test_an_empty_recording_is_no_proof(tmp_path: Path) -> None:
    assert program.main([str(tmp_path)]) == 1


def test_an_audit_log_is_condensed_to_what_the_user_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(recording.FOLDER, str(tmp_path / "recorded"))
    reference = {"resource": "secrets", "apiVersion": "v1", "namespace": "t1", "name": "a"}
    entry = {"verb": "get", "user": {"username": operator_user()}, "objectRef": reference}
    lines = [
        entry,
        {**entry, "objectRef": {**reference, "namespace": "t2", "name": "b"}},
        {**entry, "user": {"username": "kubernetes-admin"}, "verb": "list"},
        {**entry, "userAgent": "kubectl/v1.36.1 (linux/amd64)", "verb": "list"},
        {**entry, "objectRef": {**reference, "namespace": "sagemaker-endpoint-operator", "name": "key"}},
    ]
    log = tmp_path / "audit.log"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + '{"verb": "del', encoding="utf-8")
    recording.keep_requests(tmp_path, log, user=operator_user())
    found = program.rows(tmp_path / "recorded", recording.REQUESTS)
    assert [(row["verb"], row["namespace"], row["name"]) for row in found] == [
        ("get", recording.SOMEBODYS, ""),
        ("get", "sagemaker-endpoint-operator", "key"),
    ]


def test_nothing_is_recorded_where_no_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(recording.FOLDER, raising=False)
    assert recording.simulator_flags(tmp_path) == ()
    assert recording.audited("somebody") is None
    recording.keep_requests(tmp_path, tmp_path / "audit.log", user="somebody")
    assert list(tmp_path.iterdir()) == []


def test_two_worlds_never_write_into_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(recording.FOLDER, str(tmp_path / "recorded"))
    flags = [recording.simulator_flags(tmp_path / name) for name in ("one", "two", "one")]
    assert flags[0] == flags[2] != flags[1]
    assert flags[0][0] == "--record-actions"


def test_reads_are_in_the_audit_log_of_one_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    write_audit_policy(file)
    usual = json.loads(file.read_text(encoding="utf-8"))["rules"]
    write_audit_policy(file, reads_of="operator")
    assert json.loads(file.read_text(encoding="utf-8"))["rules"] == [
        {"level": "Metadata", "users": ["operator"]},
        *usual,
    ]
    assert usual[-1] == {"level": "None"}

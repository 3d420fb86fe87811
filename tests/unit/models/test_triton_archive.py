"""What an archive must be so that Triton on a multi-model endpoint loads it, and the sentence for each that is not."""

import re

import pytest

from endpoint_operator.planning.models.pbtxt import NotTextFormat, top_fields
from endpoint_operator.planning.models.triton_archive import (
    LONGEST_CONFIG_BYTES,
    MOST_DIRECTORIES,
    ArchiveRefused,
    Member,
    MemberKind,
    TritonArchive,
    check_archive,
)

_PYTHON = 'name: "%s"\nbackend: "python"\n'
_ENSEMBLE = 'name: "%s"\nplatform: "ensemble"\nensemble_scheduling { step [ { model_name: "a" } ] }\n'


def _file(name: str, size: int = 10) -> Member:
    return Member(name=name, kind=MemberKind.FILE, size=size)


def _directory(name: str) -> Member:
    return Member(name=name, kind=MemberKind.DIRECTORY, size=0)


def _model(name: str, *, config: str = _PYTHON) -> tuple[list[Member], dict[str, str]]:
    members = [_directory(f"{name}/"), _file(f"{name}/config.pbtxt"), _file(f"{name}/1/model.py")]
    return members, {f"{name}/config.pbtxt": config % name}


def _refused(members: list[Member], configs: dict[str, str], *, template: str | None = None) -> str:
    with pytest.raises(ArchiveRefused) as refused:
        check_archive(members, configs, template=template)
    return str(refused.value)


@pytest.mark.parametrize(
    "names",
    [
        ["addone/config.pbtxt", "addone/1/model.py"],
        ["./", "./addone/", "./addone/config.pbtxt", "./addone/1/", "./addone/1/model.py"],
        ["addone/config.pbtxt", "addone/1/", "addone/12/model.onnx", "addone/labels.txt"],
        ["._addone", "addone/config.pbtxt", "addone/1/deep/er/model.py"],
    ],
)
def test_one_model_in_a_directory_of_its_name_is_taken(names: list[str]) -> None:
    members = [_directory(name) if name.endswith("/") else _file(name) for name in names]
    config = next(name for name in names if name.endswith("config.pbtxt"))
    check_archive(members, {config: _PYTHON % "addone"})


def test_several_models_are_taken_where_exactly_one_is_an_ensemble() -> None:
    first, second = _model("a"), _model("b")
    whole = _model("whole", config=_ENSEMBLE)
    members = [*first[0], *whole[0], *second[0]]
    check_archive(members, {**first[1], **whole[1], **second[1]})


@pytest.mark.parametrize(("names", "found"), [(("a", "b"), "none of them is"), (("x", "y"), "x, y are")])
def test_several_models_without_one_ensemble_are_refused(names: tuple[str, str], found: str) -> None:
    config = _PYTHON if names[0] == "a" else _ENSEMBLE
    first, second = (_model(name, config=config) for name in names)
    sentence = _refused([*first[0], *second[0]], {**first[1], **second[1]})
    assert f"and {found}" in sentence
    assert "pack each in an archive of its own" in sentence


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (_file("/etc/passwd"), "is an absolute path"),
        (_file("C:\\models\\x"), "is an absolute path"),
        (_file("addone/../../x"), "leaves the directory"),
        (_file(".."), "leaves the directory"),
        (Member(name="addone/1/weights", kind=MemberKind.LINK, size=0), "is a link"),
        (Member(name="addone/dev", kind=MemberKind.OTHER, size=0), "is neither a file nor a directory"),
        (_file(f"addone/{'x' * 256}"), "more than 255 bytes"),
        (_file("addone/1/huge", size=101 * 1024**3), "unpacks to more than 100 GiB"),
        (_file("config.pbtxt"), "lies at the top of the archive"),
        (_file("addone/config.pbtxt", size=LONGEST_CONFIG_BYTES + 1), "which no config has"),
    ],
)
def test_what_no_archive_may_hold_is_named_in_one_sentence(odd: Member, said: str) -> None:
    members, configs = _model("addone")
    sentence = _refused([*members, odd], configs)
    assert said in sentence
    assert "; " in sentence, "what is wrong, and what to do"


def test_declared_sizes_add_up_and_negative_ones_win_nothing() -> None:
    members, configs = _model("addone")
    parts = [_file(f"addone/1/part-{number}", size=30 * 1024**3) for number in range(3)]
    check_archive([*members, *parts], configs)
    trick = _file("addone/1/trick", size=-(50 * 1024**3))
    assert "unpacks to more" in _refused(
        [*members, *parts, trick, _file("addone/1/part-4", size=30 * 1024**3)], configs
    )


def test_what_is_kept_of_an_archive_is_bounded() -> None:
    archive = TritonArchive(most_members=1000)
    for number in range(1000):
        archive.take(_file(f"addone/1/{number}"))
    with pytest.raises(ArchiveRefused, match="more than 1,000 members"):
        archive.take(_file("addone/1/one-more"))
    archive = TritonArchive()
    for number in range(MOST_DIRECTORIES):
        archive.take(_directory(f"model-{number}/"))
    with pytest.raises(ArchiveRefused, match=f"more than {MOST_DIRECTORIES} directories"):
        archive.take(_directory("one-more/"))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "holds no directory of a model"),
        (["README.md"], "holds no directory of a model"),
        (["addone/1/model.py"], "the directory addone has no config.pbtxt"),
        (
            ["repository/addone/config.pbtxt", "repository/addone/1/model.py"],
            "repository/addone/config.pbtxt lies too deep",
        ),
    ],
)
def test_an_archive_without_a_config_says_where_it_belongs(names: list[str], said: str) -> None:
    assert said in _refused([_file(name) for name in names], {})


@pytest.mark.parametrize("version", ["0", "01", "v1", "1.0", "latest"])
def test_a_version_is_a_directory_named_by_a_number_from_one_on(version: str) -> None:
    members = [_file("addone/config.pbtxt"), _file(f"addone/{version}/model.py")]
    sentence = _refused(members, {"addone/config.pbtxt": _PYTHON % "addone"})
    assert f"has no version directory ({version} is none)" in sentence
    assert "addone/1" in sentence


def test_a_file_that_is_named_as_a_version_is_none() -> None:
    members = [_file("addone/config.pbtxt"), _file("addone/1")]
    assert "has no version directory" in _refused(members, {"addone/config.pbtxt": _PYTHON % "addone"})


def test_a_name_in_the_config_is_that_of_the_directory_and_may_be_left_out() -> None:
    members, _ = _model("addone")
    assert 'says name: "other"' in _refused(members, {"addone/config.pbtxt": _PYTHON % "other"})
    check_archive(members, {"addone/config.pbtxt": 'backend: "python" input [{ name: "other" }]'})


def test_a_template_stands_in_for_a_config_that_is_not_there() -> None:
    members = [_file("addone/1/model.py")]
    check_archive(members, {}, template='backend: "python"')
    assert 'says name: "x"' in _refused(members, {}, template='name: "x"')
    assert "spec.source.configTemplate is not in protobuf text format" in _refused(members, {}, template="input [")


def test_a_config_that_is_no_text_is_refused() -> None:
    archive = TritonArchive()
    assert archive.take(_file("addone/config.pbtxt"))
    with pytest.raises(ArchiveRefused, match="is not UTF-8 text"):
        archive.read_config("addone/config.pbtxt", b"\xff\xfe")


def test_only_configs_of_models_are_asked_for() -> None:
    archive = TritonArchive()
    wanted = [archive.take(_file(name)) for name in ("m/config.pbtxt", "m/1/config.pbtxt", "m/1/model.py", "README")]
    assert wanted == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('name: "a"\nplatform: "ensemble"', {"name": "a", "platform": "ensemble"}),
        ("name:'a' # platform: \"ensemble\"\n", {"name": "a"}),
        (
            'name: "a", backend: "py" "thon"; max_batch_size: 8',
            {"name": "a", "backend": "python", "max_batch_size": "8"},
        ),
        ('input [ { name: "x" dims: [ 1 ] } ] name: "a"', {"name": "a"}),
        ('parameters < key: "name" value: { string_value: "}" } > name: "a"', {"name": "a"}),
        ('name: "first" name: "second"', {"name": "second"}),
        ('dynamic_batching { }\nname : "a\\"b"', {"name": 'a\\"b'}),
        ("", {}),
    ],
)
def test_fields_at_the_top_of_a_config_are_found(text: str, fields: dict[str, str]) -> None:
    assert top_fields(text) == fields


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name: "a"\ninput [ {', "line 2: '{' is never closed"),
        ("}", "line 1: '}' closes nothing"),
        ("input [ } ]", "line 1: '}' closes nothing"),
        ('\n\nname: "a', 'line 3: a text that begins with " is never closed'),
    ],
)
def test_a_config_that_is_broken_says_on_which_line(text: str, said: str) -> None:
    with pytest.raises(NotTextFormat, match=re.escape(said)):
        top_fields(text)

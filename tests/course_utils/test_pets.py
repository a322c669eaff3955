"""Folders of cats and dogs: drawn where the photographs are not, and honest about it."""

import os
import shutil
import socket

import numpy as np
import pytest
from PIL import Image

from course_utils.datasets import dogs_vs_cats_folder, make_pets_folder, pets

COUNTS = {"train": 6, "validation": 4, "test": 2}


@pytest.fixture
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(socket, "socket", None)
    return tmp_path / "home" / "datasets"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return make_pets_folder(
        tmp_path_factory.mktemp("pets") / "deep" / "folder", *COUNTS.values(), image_size=64
    )


def test_half_of_each_split_are_cats(drawn):
    for split, count in COUNTS.items():
        for name in ("cats", "dogs"):
            files = sorted(file.name for file in (drawn / split / name).iterdir())
            assert files == [f"{name[:-1]}.{i}.jpg" for i in range(count // 2)]


def test_files_are_different_colour_jpegs_of_the_right_size(drawn):
    files = list(drawn.glob("*/*/*.jpg"))
    assert len(files) == sum(COUNTS.values())
    for file in files:
        assert file.read_bytes()[:2] == b"\xff\xd8"
        with Image.open(file) as picture:
            assert (picture.size, picture.mode) == ((64, 64), "RGB")
    assert len({file.read_bytes() for file in files}) == len(files)


def test_the_seed_decides_and_longer_splits_begin_like_shorter_ones(drawn, tmp_path):
    again = make_pets_folder(tmp_path / "again", 8, 0, 0, image_size=64)
    other = make_pets_folder(tmp_path / "other", 2, 0, 0, image_size=64, seed=1)
    first = "train/dogs/dog.0.jpg"
    assert (again / first).read_bytes() == (drawn / first).read_bytes()
    assert (other / first).read_bytes() != (drawn / first).read_bytes()
    assert len(list((again / "train" / "cats").iterdir())) == 4


def test_colours_alone_do_not_give_the_class_away():
    means = {
        kind: [
            np.asarray(pets.draw_pet(kind, 32, np.random.default_rng(i))).mean(axis=(0, 1))
            for i in range(60)
        ]
        for kind in pets.CLASSES
    }
    apart = np.abs(np.mean(means["cats"], axis=0) - np.mean(means["dogs"], axis=0))
    assert (apart < np.std(means["cats"], axis=0)).all()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"n_train": 7}, "n_train"), ({"n_test": -2}, "n_test"), ({"image_size": 8}, "image_size")],
)
def test_impossible_numbers_are_refused_by_name(arguments, named, tmp_path):
    with pytest.raises(ValueError, match=named):
        make_pets_folder(tmp_path / "pets", **arguments)
    assert not (tmp_path / "pets").exists()


def test_offline_gives_drawings_and_says_so(empty_cache, capsys):
    folder, is_standin = dogs_vs_cats_folder("offline")
    assert is_standin
    assert "stand-in" in capsys.readouterr().out
    assert len(list(folder.glob("train/*/*.jpg"))) == 200
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    assert dogs_vs_cats_folder("offline") == (folder, True)
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


def test_photographs_are_used_where_they_are(empty_cache, drawn, capsys):
    shutil.copytree(drawn, empty_cache / pets.REAL_FOLDER)
    assert dogs_vs_cats_folder("online") == (empty_cache / pets.REAL_FOLDER, False)
    assert "6 for training" in capsys.readouterr().out
    assert dogs_vs_cats_folder("offline")[1]


def test_online_without_photographs_says_where_they_come_from(empty_cache):
    with pytest.raises(RuntimeError, match="kaggle"):
        dogs_vs_cats_folder("online")


def test_course_data_decides_for_auto(empty_cache, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "online")
    with pytest.raises(RuntimeError, match="kaggle"):
        dogs_vs_cats_folder()
    with pytest.raises(ValueError, match="sometimes"):
        dogs_vs_cats_folder("sometimes")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_cache_is_no_obstacle(empty_cache, monkeypatch, tmp_path):
    empty_cache.parent.mkdir(parents=True)
    empty_cache.parent.chmod(0o500)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder, _ = dogs_vs_cats_folder("offline")
    assert folder.parent == tmp_path


def test_what_notebook_04_says_about_the_legacy_listing(drawn):
    image = pytest.importorskip("tensorflow.keras.preprocessing.image")
    generator = image.ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
        drawn / "train", target_size=(150, 150), batch_size=4, class_mode="binary"
    )
    images, labels = next(generator)
    assert (images.shape, labels.shape) == ((4, 150, 150, 3), (4,))
    assert 0 <= images.min() < 0.1 < 0.9 < images.max() <= 1
    assert generator.class_indices == {"cats": 0, "dogs": 1}
    assert len([next(generator) for _ in range(10)]) == 10

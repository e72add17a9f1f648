"""No garbage is looked for inside, and whether it is outside stays as it was."""

from __future__ import annotations

import gc

import pytest

from delegant.core.collector import no_collection


@pytest.fixture(autouse=True)
def collecting() -> object:
    yield gc.enable()
    gc.enable()


@pytest.mark.parametrize("before", [True, False])
def test_the_collector_rests(before: bool) -> None:
    (gc.enable if before else gc.disable)()
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled() is before


def test_an_error_wakes_it_too() -> None:
    with pytest.raises(KeyError), no_collection():
        raise KeyError
    assert gc.isenabled()

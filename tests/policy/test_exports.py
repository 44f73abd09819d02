"""The package's public names."""

import clusteratlas.policy as policy


def test_every_public_name_exists_and_is_listed() -> None:
    assert {"read_document", "extract", "diff"} <= set(policy.__all__)
    assert sorted(policy.__all__) == policy.__all__
    for name in policy.__all__:
        assert getattr(policy, name) is not None

"""Two real nodes for each test: copies of one pair that is made once a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nodes.nodes import Nodes, Template, copied, make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A pair of homes, made with the commands that operators use."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def nodes(template: Template, tmp_path: Path) -> Iterator[Nodes]:
    """Canada's and India's nodes, not started, with a fine network between them."""
    with copied(template, tmp_path) as made:
        yield made

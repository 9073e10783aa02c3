"""A verifier written from the specification, by its own hands, agrees with accord on every vector."""

import ast
import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accord.channel.evidence import TrustRoots, verify_bundle

from .verifier import Fails, verify_chunk, verify_equivocation
from .verifier import verify_bundle as verify_independently

HERE = Path(__file__).parent
VECTORS = HERE.parents[1] / "vectors"
INDEX: list[dict[str, Any]] = json.loads((VECTORS / "index.json").read_bytes())
BUNDLES = [item for item in INDEX if item["object"] == "bundle"]
PROOFS = [item for item in INDEX if item["object"] == "equivocation"]
CHUNKS = [item for item in INDEX if item["object"] == "chunk"]
ROOTS_JSON = (VECTORS / "roots.json").read_bytes()
ROOTS = {item["party"]: base64.b64decode(item["root"]) for item in json.loads(ROOTS_JSON)["roots"]}


@pytest.mark.parametrize("module", ["verifier.py", "opener.py"])
def test_it_imports_nothing_of_ours(module: str) -> None:
    tree = ast.parse((HERE / module).read_text(encoding="utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert names - set(sys.stdlib_module_names) == {"cbor2", "cryptography"}


@pytest.mark.parametrize("item", BUNDLES, ids=lambda item: item["file"])
def test_it_agrees_with_accord_on_every_published_bundle(item: dict[str, Any]) -> None:
    data = (VECTORS / item["file"]).read_bytes()
    if item["expect"] == "accept":
        assert len(verify_independently(data, ROOTS)) >= 4
        return
    with pytest.raises(Fails):
        verify_independently(data, ROOTS)


@pytest.mark.parametrize("item", PROOFS, ids=lambda item: item["file"])
def test_it_agrees_with_accord_on_every_published_proof_of_two_logs(item: dict[str, Any]) -> None:
    data = (VECTORS / item["file"]).read_bytes()
    chains = [(VECTORS / "golden" / name).read_bytes() for name in ("chain.cbor", "chain-of-peer.cbor")]
    if item["expect"] == "accept":
        assert verify_equivocation(data, chains, ROOTS) == item["convicts"]
        return
    with pytest.raises(Fails):
        verify_equivocation(data, chains, ROOTS)


@pytest.mark.parametrize("item", CHUNKS, ids=lambda item: item["file"])
def test_it_agrees_with_accord_on_every_published_chunk(item: dict[str, Any]) -> None:
    sealed, root = (VECTORS / item["file"]).read_bytes(), bytes.fromhex(item["root"])
    place = (item["index"], item["count"], [bytes.fromhex(text) for text in item["hashes"]])
    if item["expect"] == "accept":
        verify_chunk(sealed, *place, root)
        return
    with pytest.raises(Fails):
        verify_chunk(sealed, *place, root)


def test_it_agrees_with_accord_on_every_flipped_byte() -> None:
    data = (VECTORS / "golden/bundle.cbor").read_bytes()
    trusted = TrustRoots.from_json(ROOTS_JSON).roots
    assert verify_bundle(data, trusted).ok
    # Key material and signatures are checked byte by byte in their own tests; here every 31st byte of the whole file.
    for position in range(0, len(data), 31):
        flipped = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        assert not verify_bundle(flipped, trusted).ok
        with pytest.raises(Fails):
            verify_independently(flipped, ROOTS)


@pytest.mark.parametrize("missing", ["CA", "IN"])
def test_it_believes_nobody_whose_root_it_was_not_given(missing: str) -> None:
    data = (VECTORS / "golden/bundle.cbor").read_bytes()
    with pytest.raises(Fails):
        verify_independently(data, {party: root for party, root in ROOTS.items() if party != missing})
    swapped = {"CA": ROOTS["IN"], "IN": ROOTS["CA"]}
    with pytest.raises(Fails):
        verify_independently(data, swapped)


@pytest.mark.parametrize(("name", "status"), [("golden/bundle.cbor", 0), ("broken/bundle-without-receipt.cbor", 1)])
def test_it_runs_alone_as_a_program(name: str, status: int) -> None:
    command = [sys.executable, "-I", str(HERE / "verifier.py"), str(VECTORS / name), str(VECTORS / "roots.json")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == status, done.stderr
    assert ("does not hold" in done.stdout) is bool(status)

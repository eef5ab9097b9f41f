"""`hazlane parties`: firms with their evidence, links between firms, and decisions that can be revoked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import _run

TABLE = """declaration_id,box_no,declared_at,shipper_id,shipper_name,shipper_phone
D1,B1,2026-03-01,91210200MA0AAAA00X,大连华信化工有限公司,0411-82345678
D2,B2,2026-03-02,,大連華信化工有限公司,
D3,B3,2026-06-01,,大连海润贸易有限公司,0411-82345678
"""


def test_firms_links_and_decisions(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(TABLE, encoding="utf-8")
    _run(tmp_path, "ingest", str(tmp_path / "d.csv"))
    listed = json.loads(_run(tmp_path, "parties", "list", "--json").stdout)
    assert listed["firms"] == 2
    shown = _run(tmp_path, "parties", "show", "大連華信化工有限公司")
    assert "name" in shown.stdout
    assert "91210200MA0AAAA00X" in shown.stdout
    [link] = json.loads(_run(tmp_path, "parties", "links", "--json").stdout)["links"]
    assert (link["earlier"], list(link["ties"])) == ("91210200MA0AAAA00X", ["telephone"])
    for word, firms in (("different", 3), ("same", 2)):
        done = _run(tmp_path, "parties", word, "大连华信化工有限公司", "大連華信化工有限公司", "--reason", "执照已核对")
        assert done.returncode == 0, done.stderr
        assert json.loads(_run(tmp_path, "parties", "list", "--json").stdout)["firms"] == firms
    missing = _run(tmp_path, "parties", "show", "nobody")
    assert missing.returncode == 1
    assert "remedy:" in missing.stderr

"""A guide is data: a new file makes it askable and applicable within moments, with no code, no training and no restart. And on
PostgreSQL everything is as it is elsewhere, by one setting: both on one installation, because to start another takes half a minute."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from assistant.foundation.settings import ROOT
from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

pytestmark = [pytest.mark.server, pytest.mark.postgres, pytest.mark.timeout(600)]

GUIDE = """
code: night-works
name: 夜间施工作业备案
version: "2026.1"
effective: 2026-01-01
task_type: 其他
applicant: [enterprise]
themes: [工程]
department: 示例区生态环境局
summary: 夜里要连续施工的工地，开工前来备案。不收费。
evidence:
  rule: {title: 示例市噪声管理规定, article: 第九条}
conditions: [{text: 因工艺需要必须连续作业。, evidence: [rule]}]
legal_limit: {days: 3, text: 3个工作日内办结。, evidence: [rule]}
fee: {charged: false, text: 不收费。, evidence: [rule]}
process: [{name: 申请, text: 网上提交。, evidence: [rule]}]
places: [{name: 示例区政务服务中心, evidence: [rule]}]
result: {name: 备案回执, text: 领备案回执。, evidence: [rule]}
faqs: [{question: 备案管多久, answer: 一次最多七天。, evidence: [rule]}]
fields:
  - {key: site_name, label: 工地名称, type: text, question: 工地叫什么？, why: 回执上要写明。, example: 示例路一号工地}
  - {key: start_date, label: 开始日期, type: date, question: 从哪天开始？, why: 备案从这天起算。, example: 2026年11月10日}
materials:
  - {code: plan, name: 作业方案, form: copy, met_by: [bring], evidence: [rule]}
documents: []
names:
  aliases: [夜间施工备案, 夜间作业备案]
  colloquial: [工地晚上要干活, 夜里连续浇混凝土]
  samples: {apply: [工地晚上要连续浇筑，帮我备个案], ask_fee: [夜间施工备案要钱吗]}
"""


def test_on_postgresql_a_case_is_kept_and_a_new_guide_needs_no_code_and_no_training(
    server: Stack, tmp_path: Path, postgres_url: str
) -> None:
    guides = Path(shutil.copytree(ROOT / "knowledge" / "guides", tmp_path / "guides"))
    with Stack(tmp_path, BANDAO_GUIDES_DIR=str(guides), BANDAO_DATABASE_URL=postgres_url) as stack:
        case_no = _a_case_by_way_of_the_desk(Citizen(stack.base_url))
        _a_guide_written_while_it_runs(stack, guides)
    assert server.process.poll() is None, "the first installation was not disturbed"
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as conn:
        assert conn.execute(text("SELECT status FROM case_file WHERE case_no = :no"), {"no": case_no}).scalar() == "draft"
    engine.dispose()
    assert not (stack.data_dir / "bandao.db").exists()


def _a_case_by_way_of_the_desk(citizen: Citizen) -> str | None:
    citizen.say("我们公司搬家了，执照上的地址要改")
    assert citizen.say("租的")["case"]["filled"] == 1
    assert citizen.say("转人工")["owner"] == "queue"
    assert citizen.say("都在")["owner"] == "bot"
    assert [kind for _, kind, _ in citizen.events()].count("turn") == 4
    return citizen.case_no


def _a_guide_written_while_it_runs(stack: Stack, guides: Path) -> None:
    assert not [event for event in stack.events if str(event["event"]).startswith("training_")]
    citizen = Citizen(stack.base_url)
    assert not _found(citizen)
    form = "documents: [{key: form, title: 申请书, template: remote-medical-form.docx, kind: form}]"
    (guides / "night-works.yaml").write_text(GUIDE.replace("documents: []", form), encoding="utf-8")
    until = time.monotonic() + 60  # a second where nothing else runs (bandao bench reload)
    while not _found(citizen):
        assert time.monotonic() < until, "never found"
        time.sleep(0.05)
    turn = citizen.say("夜间施工备案要钱吗")
    assert turn["understanding"]["guide"]["name"] == "夜间施工作业备案" and turn["status"] == "answered"
    assert "不收费" in citizen.texts() and citizen.asking == "start"
    assert citizen.choose("yes")["case"]["guide"]["code"] == "night-works"
    assert citizen.asking == "site_name"
    assert citizen.say("示例路一号工地")["ask"]["field"] == "start_date"
    assert citizen.say("11月12号")["case"]["filled"] == 2
    assert citizen.get("/guides/night-works").json()["summary"].startswith("夜里")


def _found(citizen: Citizen) -> bool:
    items = citizen.get("/search?q=夜间施工备案要钱吗").json()["items"]
    return bool(items) and items[0]["code"] == "night-works"

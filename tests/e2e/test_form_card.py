"""A form card in an English conversation: its words come from the guide in English, and lines under its labels are understood."""

from __future__ import annotations

from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

SAID = {"phone": "13800138000", "applicant_name": "张三"}


def test_lines_under_english_labels_are_answers(server: Stack) -> None:
    citizen = Citizen(server.base_url, locale="en")
    citizen.say("I want to apply for a residence permit")
    for _ in range(4):
        if citizen.asking not in ("start", "consent", "guide"):
            break
        citizen.choose("no" if citizen.asking == "consent" else "yes")
    case = citizen.turn["case"]
    code = case["guide"]["code"]
    read = citizen.http.get(f"/api/v1/guides/{code}", params={"locale": "en"}).json()
    chinese = citizen.http.get(f"/api/v1/guides/{code}").json()
    labels = {field["key"]: field["label"] for field in read["fields"]}
    assert all(labels[missing["field"]] == missing["label"] for missing in case["missing"]), "the card and the talk say the same"
    assert labels != {field["key"]: field["label"] for field in chinese["fields"]} and read["name"] == chinese["name"]
    fields = {field["key"]: field for field in read["fields"]}
    lines = []
    for missing in case["missing"]:
        options = [option for option in fields[missing["field"]].get("options", []) if option.get("offered", True)]
        if missing["field"] in SAID:
            lines.append(f"{missing['label']}：{SAID[missing['field']]}")
        elif fields[missing["field"]]["type"] == "choice":
            lines.append(f"{missing['label']}：{options[0]['label']}")
    assert len(lines) >= 2, labels
    citizen.say("\n".join(lines))
    assert citizen.turn["case"]["filled"] >= case["filled"] + len(lines), citizen.texts()


def test_lines_under_labels_in_traditional_characters_are_answers(server: Stack) -> None:
    citizen = Citizen(server.base_url, locale="zh-Hant")
    citizen.say("我要申領居住證")
    for _ in range(4):
        if citizen.asking not in ("start", "consent", "guide"):
            break
        citizen.choose("no" if citizen.asking == "consent" else "yes")
    case = citizen.turn["case"]
    labels = {missing["field"]: missing["label"] for missing in case["missing"]}
    assert labels["phone"] == "聯繫電話", labels
    citizen.say("\n".join(f"{labels[field]}：{words}" for field, words in SAID.items()))
    assert citizen.turn["case"]["filled"] == case["filled"] + len(SAID), citizen.texts()

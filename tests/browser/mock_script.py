"""The scripted side of the mock API: one demonstration case that asks in every kind the contract knows.

It understands a handful of words, not language. Everything it says has the shapes of the public API.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from knowledge.replies import Action, Ask, AskColumn, AskError, Card, Choices, Citation, File, Notice, Option, Row, Text

Reply = Text | Choices | Card | File | Notice

GUIDE = {"code": "food-licence-new", "name": "食品经营许可新办", "version": "2026.1"}
PAYLOAD = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script><b>粗</b>"
LICENCE = "电子营业执照"
PREFILLED = {
    "company": ("单位名称", "示例餐饮有限公司", LICENCE),
    "uscc": ("统一社会信用代码", "91310115MA1K00000X", LICENCE),
    "legal_person": ("法定代表人", "张三", LICENCE),
    "address": ("经营场所", "示例路 *** 号一层", LICENCE),
}
ASKS: list[Ask] = [
    Ask(field="business_type", label="主体业态", kind="choice", why="业态决定要哪些材料：餐饮服务要平面布局图，食品销售不用。",
        options=[Option(value="catering", label="餐饮服务经营者"), Option(value="sales", label="食品销售经营者"),
                 Option(value="canteen", label="单位食堂")]),
    Ask(field="shop_name", label="门店招牌名称", kind="text", example="老码头面馆", why="许可证上会印招牌名称，顾客凭它认店。"),
    Ask(field="area", label="经营面积（平方米）", kind="number", example="85", why="面积影响布局要求，按房产证或租赁合同上的使用面积填。"),
    Ask(field="open_date", label="计划开业日期", kind="date", example="2026-12-01", why="现场核查会排在开业之前。"),
    Ask(field="dishes", label="经营项目", kind="multi", why="每个项目有各自的设施要求，没选的项目以后要办变更。",
        options=[Option(value="hot", label="热食类制售"), Option(value="cold", label="冷食类制售"),
                 Option(value="raw", label="生食类制售"), Option(value="cake", label="糕点类制售"),
                 Option(value="drink", label="自制饮品制售")]),
    Ask(field="phone", label="联系电话", kind="text", example="13800000000", why="办理结果和核查时间用短信通知。"),
    Ask(field="layout", label="经营场所平面布局图", kind="file", why="核查人员按图看设施位置。", material="layout",
        accept=["application/pdf", "image/jpeg", "image/png"], max_bytes=20 * 1024 * 1024,
        options=[Option(value="tolerate", label="先办，以后补交")]),
    Ask(field="note", label="其他需要说明的情况", kind="text", optional=True, why="没有可以跳过。"),
]
#: Said "人员名单" she is asked for this beside the case, whatever is asked in it.
STAFF = Ask(
    field="staff", label="从业人员", kind="text", why="名单印在申请书后面。", accept=[".xlsx"], columns=[
        AskColumn(field="name", label="姓名", kind="text", example="张三"),
        AskColumn(field="duty", label="岗位", kind="choice", options=[Option(value="cook", label="厨师"), Option(value="waiter", label="服务员")]),
        AskColumn(field="since", label="上岗日期", kind="date"),
        AskColumn(field="years", label="工龄", kind="number", optional=True, example="3"),
    ])
_SIDES = {"paper": "身份证上的：{}", "mine": "我填的：{}"}
#: What she says to be asked whether a paper or she is right, about a text and about a day.
DIFFERS = {
    kind: Ask(field="holder", label=label, kind=kind_, value=mine,  # type: ignore[arg-type]
              options=[Option(value=side, label=words.format(value)) for (side, words), value in zip(_SIDES.items(), (paper, mine), strict=True)])
    for kind, label, kind_, paper, mine in (("姓名不一样", "姓名", "text", "张三", "张山"), ("日期不一样", "出生日期", "date", "1949-12-31", "1949-12-13"))
}
QUESTIONS = {
    "business_type": "请问您属于哪一种主体业态？", "shop_name": "门店招牌上写什么名称？", "area": "经营场所有多少平方米？",
    "open_date": "打算哪一天开业？", "dishes": "要经营哪些项目？可以多选。", "phone": "请留一个联系电话，方便接收办理结果。",
    "layout": "请上传经营场所的平面布局图，拍照也可以。", "note": "还有别的要说明吗？没有就跳过。",
}


def guide_fields() -> list[dict[str, Any]]:
    """The questions as the public reads them in the guide."""
    types = {"choice": "choice", "multi": "multi", "number": "area", "date": "date", "text": "text"}
    return [{"key": ask.field, "label": ask.label, "type": types[ask.kind], "optional": ask.optional, "example": ask.example,
             "options": [option.model_dump() for option in ask.options or []]} for ask in ASKS if ask.kind in types]


@dataclass
class Result:
    """What one turn answers; ``owner`` None leaves it as it is."""

    status: str
    replies: list[Reply]
    owner: str | None = None


@dataclass
class Script:
    """The state of one mock conversation."""

    case_no: str
    stage: str = "idle"
    answers: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    back_to: str | None = None
    error: AskError | None = None
    package: dict[str, Any] | None = None
    version: int = 0
    status: str = "draft"
    rated: bool = False
    rows: list[dict[str, Any]] | None = None
    paper: Ask | None = None
    strokes: list[Any] = field(default_factory=list)

    def opening(self) -> list[Reply]:
        """The greeting."""
        names = ["食品经营许可新办", "新生儿出生一件事", "住房公积金租房提取", "办到哪一步了", "转人工"]
        return [Text(text="您好，我是办到。告诉我您要办什么事，我陪您把它办成。"),
                Choices(text="您也可以从这里开始：", options=[Option(value=name, label=name) for name in names])]

    def turn(self, text: str | None, choice: Any, uploads: list[dict[str, Any]]) -> Result:
        """The scripted answer to one message."""
        said = (text or "").strip()
        self.error = None
        if self.rows is not None and ("\t" in said or uploads):
            return self._staff(said, uploads)
        digression = self._digression(said or (choice if isinstance(choice, str) else ""))
        if digression is not None:
            return digression
        if self.stage == "idle":
            if "食品经营" in said or "餐馆" in said or choice in ("food-licence-new", "食品经营许可新办"):
                self.stage = "consent"
                return Result("collecting", [Text(text="好，这就为您办理“食品经营许可新办”。办结最快 5 个工作日，不收费。",
                                                  citations=CITATIONS[:1]),
                                             Text(text="您的营业执照信息可以从电子证照库调取，不用再填。同意调取吗？")])
            return Result("clarify", [Choices(text="这件事有几种情形，您要办哪一种？", options=[
                Option(value="food-licence-new", label="食品经营许可新办"), Option(value="food-licence-change", label="食品经营许可变更"),
                Option(value="food-licence-renewal", label="食品经营许可延续")])])
        handler = getattr(self, f"_at_{self.stage}")
        result: Result = handler(said, choice, uploads)
        return result

    def _digression(self, said: str) -> Result | None:
        fixed: dict[str, Result] = {
            "哪一步": Result("answered", [Text(text="您还没有提交过的办件。")]),
            "转人工": Result("queued", [Text(text="已为您转人工，前面还有 2 位。您说过的内容工作人员都能看到。")], owner="queue"),
            "多久": Result("answered", [Text(text="法定办结时限 20 个工作日，承诺 5 个工作日办结。", citations=CITATIONS)]),
            "攻击": Result("answered", [
                Text(text=PAYLOAD, citations=[Citation(title=PAYLOAD, url="javascript:window.pwned=1", verified=False)]),
                Card(title=PAYLOAD, text=PAYLOAD, rows=[Row(label=PAYLOAD, value=PAYLOAD, source=PAYLOAD)],
                     actions=[Action(label=PAYLOAD, message=PAYLOAD)]),
                Choices(text=PAYLOAD, options=[Option(value=PAYLOAD, label=PAYLOAD)]), Notice(level="info", text=PAYLOAD)]),
            "给我样表": Result("answered", [File(name="食品经营许可申请书（样表）.txt", url="/mock/sample.txt", media_type="text/plain",
                                         text="这是申请书的样表，供您对照。")]),
            "提示都来": Result("answered", [Notice(level="info", text="核查当天请留人在店。"), Notice(level="warning", text="平面图缺少比例尺，可能需要补正。"),
                                       Notice(level="error", text="电子证照库暂时连不上，请先自己填写。")]),
            "暂停": Result("paused", [Text(text=f"已为您暂停。办件编号 {self.case_no}，恢复码 K7QM2R。在别的设备上凭这两样和证件号码末四位接着办。")]),
        }
        if said == "上一步" and self.stage == "collect" and self.answers:
            self.back_to = list(self.answers)[-1]
            return Result("collecting", [Text(text=f"好，回到“{self._field(self.back_to).label}”。")])
        if said in DIFFERS:
            self.paper = DIFFERS[said]
            return Result("collecting", [Text(text="身份证上的和您填的不一样，以哪个为准？")])
        if self.paper is not None:
            self.paper = None
            return Result("collecting", [Text(text=f"好，记下了：{said}。")])
        if said == "人员名单":
            self.rows = []
            return Result("collecting", [Text(text="请填从业人员名单。")])
        if said == "看材料":
            pages = [f"/api/v1/cases/{self.case_no}/package/pages/{number}.png" for number in (1, 2, 3)]
            return Result("answered", [File(name=f"申请书第 {number} 页", url=url, media_type="image/png", text="材料是这样的，点开看大图。")
                                       for number, url in enumerate(pages, 1)])
        if said == "查看全部":
            return Result("answered", [self._summary("目前的全部信息", edits=False)])
        return next((result for word, result in fixed.items() if word in said), None)

    def _staff(self, said: str, uploads: list[dict[str, Any]]) -> Result:
        rows = [dict(zip([column.field for column in STAFF.columns or []], line.split("\t"), strict=False)) for line in said.split("\n")[1:]]
        if any(row["name"].isdigit() for row in rows):
            self.rows, self.error = rows, AskError(code="name", message="姓名里不能有数字，请改一下。")
            return Result("rejected_answer", [Text(text=self.error.message)])
        self.rows = None
        return Result("collecting", [Text(text=f"收到 {uploads[0]['file_name'] if uploads else len(rows)} 的名单。")])

    def _at_consent(self, said: str, choice: Any, uploads: list[dict[str, Any]]) -> Result:
        self.stage = "collect"
        rows = [Row(label=label, value=value, source=source) for label, value, source in PREFILLED.values()]
        return Result("collecting", [
            Card(title="已从电子证照带入", text="请看一眼，不对的随时告诉我。", rows=rows),
            Text(text=QUESTIONS["business_type"])])

    def _at_collect(self, said: str, choice: Any, uploads: list[dict[str, Any]]) -> Result:
        asked = self.ask()
        assert asked is not None
        problem = self._take(asked, said, choice, uploads)
        if problem is not None:
            self.error = problem
            return Result("rejected_answer", [Text(text=f"{problem.message}")])
        self.back_to = None
        following = self.ask()
        if following is not None and following.field != "review":
            return Result("collecting", [Text(text=QUESTIONS[following.field])])
        self.stage = "review"
        return Result("review", [self._summary("请核对全部信息", edits=True), Text(text="都对吗？确认后我就生成申请材料。")])

    def _take(self, asked: Ask, said: str, choice: Any, uploads: list[dict[str, Any]]) -> AskError | None:
        if asked.kind == "file":
            if choice is not None:
                self.answers[asked.field], self.shown[asked.field] = choice, "先办，以后补交"
                return None
            if not uploads:
                return AskError(code="file_needed", message="请上传文件，或说“转人工”。")
            value: Any = [upload["upload_id"] for upload in uploads]
            shown = "、".join(upload["file_name"] for upload in uploads)
        elif choice is not None:
            value = choice
            labels = {option.value: option.label for option in asked.options or []}
            shown = "、".join(labels[one] for one in choice) if isinstance(choice, list) else labels.get(choice, str(choice))
        else:
            value = shown = said
        if asked.field == "phone" and not (said.isdigit() and len(said) == 11):
            return AskError(code="phone_format", message="电话号码应是 11 位数字，请检查有没有漏掉或多打。")
        if asked.field == "phone":
            shown = f"{said[:3]}****{said[-4:]}"
        self.answers[asked.field] = value
        self.shown[asked.field] = shown or "（跳过）"
        return None

    def _at_review(self, said: str, choice: Any, uploads: list[dict[str, Any]]) -> Result:
        if choice == "no" or said.startswith("修改"):
            wanted = next((ask.field for ask in ASKS if ask.label in said), "shop_name")
            self.stage, self.back_to = "collect", wanted
            return Result("collecting", [Text(text=f"好，改“{self._field(wanted).label}”。{QUESTIONS[wanted]}")])
        self.stage, self.status = "submit", "ready"
        self.version += 1
        self.package = {"url": f"/api/v1/cases/{self.case_no}/package", "sha256": "9f" * 32, "version": self.version}
        return Result("ready", [Text(text="申请材料已经备好。请下载看一看，没问题就提交。"),
                                File(name="食品经营许可新办材料包.zip", url=self.package["url"], media_type="application/zip")])

    def _at_submit(self, said: str, choice: Any, uploads: list[dict[str, Any]]) -> Result:
        if choice == "no":
            return Result("ready", [Text(text="好，先不提交。您准备好了再告诉我。")])
        self.stage, self.status = "rate", "submitted"
        return Result("submitted", [Text(text="已经提交。受理部门会在 1 个工作日内给出受理意见，有结果就通知您。"),
                                    Text(text="这次办事体验怎么样？")])

    def _at_rate(self, said: str, choice: Any, uploads: list[dict[str, Any]]) -> Result:
        self.stage, self.rated = "done", True
        return Result("answered", [Text(text="谢谢您的评价。")])

    def _at_done(self, said: str, choice: Any, uploads: list[dict[str, Any]]) -> Result:
        return Result("answered", [Text(text=f"您的办件 {self.case_no} 已提交，正在等待受理。")])

    def _field(self, key: str) -> Ask:
        return next(ask for ask in ASKS if ask.field == key)

    def _summary(self, title: str, *, edits: bool) -> Card:
        rows = [Row(label=label, value=value, source=source) for label, value, source in PREFILLED.values()]
        rows += [Row(label=ask.label, value=self.shown[ask.field], source="您填写") for ask in ASKS if ask.field in self.shown]
        actions = [Action(label=f"修改{row.label}", message=f"修改{row.label}") for row in rows] if edits else []
        return Card(title=title, text=f"{GUIDE['name']} · 办件 {self.case_no}", rows=rows, actions=actions)

    def ask(self) -> Ask | None:
        """What is being asked now."""
        if self.paper is not None:
            return self.paper
        if self.rows is not None:
            return STAFF.model_copy(update={"value": self.rows or None, "error": self.error})
        yes_no = {
            "consent": Ask(field="consent", label="同意调取电子营业执照吗？", kind="confirm", why="调取后这些栏目不用再填，也不会填错。您可以不同意。"),
            "review": Ask(field="review", label="信息都对吗？", kind="confirm"),
            "submit": Ask(field="submit", label="确认提交给受理部门吗？", kind="confirm", why="提交后受理部门开始办理，受理前仍可撤回。"),
        }
        if self.stage in yes_no:
            return yes_no[self.stage]
        if self.stage == "rate":
            return Ask(field="rating", label="这次办事体验", kind="choice", optional=True, options=[
                Option(value=str(n), label=label) for n, label in ((5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意"))])
        if self.stage != "collect":
            return None
        key = self.back_to or next((ask.field for ask in ASKS if ask.field not in self.answers), None)
        if key is None:
            return None
        return self._field(key).model_copy(update={"error": self.error, "value": self.answers.get(key)})

    def case(self) -> dict[str, Any] | None:
        """The case as the turn shows it."""
        if self.stage == "idle":
            return None
        missing = [{"field": ask.field, "label": ask.label} for ask in ASKS if ask.field not in self.answers]
        prefilled = 0 if self.stage == "consent" else len(PREFILLED)
        layout = "uploaded" if "layout" in self.answers else "missing"
        generated = "generated" if self.package else "missing"
        return {
            "case_no": self.case_no, "guide": GUIDE, "status": self.status, "filled": prefilled + len(self.answers),
            "total": len(PREFILLED) + len(ASKS), "prefilled": prefilled, "missing": missing, "package": self.package,
            "materials": [
                {"code": "form", "name": "食品经营许可申请书", "required": True, "status": generated},
                {"code": "licence", "name": "营业执照", "required": True, "status": "licence"},
                {"code": "layout", "name": "经营场所平面布局图", "required": True, "status": layout},
                {"code": "rules", "name": "食品安全管理制度", "required": True, "status": "tolerated", "due": "2026-12-08"},
                {"code": "promise", "name": "场所合法使用证明", "required": False, "status": "promised"},
            ],
        }

    def fields(self) -> list[dict[str, Any]]:
        """The answers with their sources, as GET /cases/{case_no} has them."""
        brought = [{"field": key, "label": label, "value": value, "source": {"kind": "licence"}} for key, (label, value, _) in PREFILLED.items()]
        return brought + [{"field": ask.field, "label": ask.label, "value": self.shown[ask.field], "source": {"kind": "said"}}
                          for ask in ASKS if ask.field in self.shown]

    def timeline(self) -> list[dict[str, Any]]:
        """The timeline of the case."""
        items = [{"at": "2026-11-10T09:30:00+08:00", "status": "draft", "who": "您", "text": "开始办理，已带入营业执照信息"}]
        if self.status == "submitted":
            items.append({"at": "2026-11-10T09:52:00+08:00", "status": "submitted", "who": "您", "text": "确认并提交了材料包第 1 版"})
        return items


CITATIONS = [
    Citation(title="食品经营许可和备案管理办法", article="第二十二条", url="https://www.gov.cn/", verified=True),
    Citation(title="办事窗口口头答复", verified=False),
]

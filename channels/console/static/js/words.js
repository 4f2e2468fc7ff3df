/** The words the scripts put on the page; what never changes stands in index.html. */
const REASONS = {
  to_human: "要找人工", complaint: "投诉", distress: "情绪激动", danger: "有危险", accessibility: "需要无障碍帮助", not_understood: "机器人没听懂",
  guide_rule: "指南规定人工办", validation: "填写通不过", correction: "反复更正", pulled: "主管调来", callback: "约好回电", slot: "约好时间",
  kept: "再次来找", submission_stuck: "提交受阻", on_behalf: "代办",
};
export const reason = (code) => REASONS[code] ?? "需要人工";

const KINDS = { talk: "对话", callback: "要回电话", slot: "约好的时间" };
export const kind = (code) => KINDS[code] ?? code;

const NOTES = { note: "内部备注", whisper: "主管悄悄话", transfer: "转接留言", wrap_up: "结束小结" };
export const note = (code) => NOTES[code] ?? "内部备注";

const MOODS = { danger: "有人身危险", distress: "情绪危急", complaint: "不满意", stuck: "卡住了", neutral: "情绪平稳" };
export const mood = (code) => MOODS[code] ?? code;

const CASE_STATUS = {
  draft: "草稿", ready: "待提交", submitted: "已提交", accepted: "已受理", correction_needed: "待补正", refused: "不予受理",
  in_review: "审核中", approved: "准予", denied: "不予", delivered: "已送达", closed: "已办结", withdrawn: "已撤回", expired: "已失效",
};
export const caseStatus = (code) => CASE_STATUS[code] ?? code;

const MATERIAL = {
  licence: "电子证照", uploaded: "已上传", generated: "自动生成", promised: "告知承诺", tolerated: "容缺后补", bring: "带到窗口", missing: "还缺",
};
export const material = (code) => MATERIAL[code] ?? code;

const SOURCES = {
  said: "自述", tapped: "点选", licence: "电子证照", register: "登记信息", previous_case: "上次办件", computed: "自动算出", staff: "坐席填",
};
export const source = (kind) => SOURCES[kind] ?? kind;

const CHANNELS = { web: "网页", miniprogram: "小程序", kiosk: "自助机", wechat: "微信", phone: "电话", counter: "窗口" };
export const channel = (code) => CHANNELS[code] ?? code;

/** Said where a human stretch begins and ends, so that nobody has to guess who was speaking. */
const OWNER = { bot: "机器人", queue: "排队", staff: "人工", closed: "结束" };
export const owner = (code) => OWNER[code] ?? code;

const ROLES = { operator: "坐席", supervisor: "主管", editor: "编写指南", approver: "审核指南", auditor: "审计", administrator: "管理员" };
export const role = (code) => ROLES[code] ?? code;
export const roles = (codes) => codes.map(role).join("、") || "还没有角色";

export const SHORTCUTS = [
  [["N"], "接待下一位"],
  [["↑", "↓"], "在队列里移动（也可以用 K、J）"],
  [["Enter"], "接待选中的对话；已接待的，去回复"],
  [["R"], "去回复"],
  [["Esc"], "离开输入框，回到队列"],
  [["/"], "在输入框里：找常用回复"],
  [["B"], "写内部备注（申请人看不到）"],
  [["A"], "和申请人一起办：请上传、请填表、改一项、请确认"],
  [["T"], "转接给同事或技能组"],
  [["H"], "结束接待：选一个结果（1 到 7）"],
  [["P"], "在岗、暂离"],
  [["L"], "全部对话（主管）"],
  [["1", "2", "3"], "去队列、对话、办件"],
  [["4", "5"], "看指南、材料包"],
  [["M"], "提示音开关"],
  [["?"], "看快捷键"],
];

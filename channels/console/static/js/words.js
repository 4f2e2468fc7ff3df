/** The words the scripts put on the page; what never changes stands in index.html. */
const REASONS = {
  to_human: "要找人工", complaint: "投诉", submission_stuck: "提交受阻",
};
export const reason = (code) => REASONS[code] ?? "需要人工";

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

const ROLES = { operator: "坐席", supervisor: "主管", editor: "编写指南", publisher: "审核发布" };
export const role = (code) => ROLES[code] ?? code;

export const SHORTCUTS = [
  [["N"], "接待排在最前的一位"],
  [["↑", "↓"], "在队列里移动（也可以用 K、J）"],
  [["Enter"], "接待选中的对话；已接待的，去回复"],
  [["R"], "去回复"],
  [["Esc"], "离开输入框，回到队列"],
  [["H"], "把对话交还机器人"],
  [["1", "2", "3"], "去队列、对话、办件"],
  [["M"], "提示音开关"],
  [["?"], "看快捷键"],
];

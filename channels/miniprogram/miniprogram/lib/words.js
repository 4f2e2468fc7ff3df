/** What the pages themselves say. What the service says comes from the server, in the conversation's language. */

/** @type {Record<string, Record<string, string>>} */
const WORDS = {
  "zh-CN": {
    network: "网络不通。您说的话留着，一有网就发出去。",
    timeout: "等了很久没有回音。请再试一次。",
    sending: "正在发",
    waiting: "网络不通，等一下再发",
    limited: "说得有点快，{seconds} 秒后接着发",
    recovering: "服务正在恢复，马上再发",
    failed: "没有发出去，点这里再发",
    refused: "没有收下：{reason}",
    problem_401: "这次对话已经过期，请重新开始。",
    problem_404: "没有找到。请返回重来。",
    problem_413: "文件太大了。请压缩后再传。",
    problem_422: "内容不对，请检查后再试。",
    problem_429: "操作有点快，请稍等再试。",
    problem_500: "服务暂时有问题。请稍后再试。",
    attachment: "已传的材料",
    owner_bot: "智能客服",
    owner_queue: "正在排队等人工",
    owner_staff: "人工为您服务",
    owner_closed: "对话已结束",
    filled: "已填 {filled}/{total}",
    prefilled: "，其中 {prefilled} 项不用您填",
    citations: "依据 {count} 条",
    unverified: "待核实",
    yes: "是",
    no: "不是",
    uploading: "正在上传 {percent}%",
    upload_bad: "有问题，请看说明；也可以先交上去",
    picked_none: "请至少选一项",
    mic_refused: "没有麦克风的权限。请在右上角“…”的设置里允许，或者打字。",
    mic_failed: "麦克风用不了。请打字，或者稍后再试。",
    no_voice: "这里现在听不了语音。请打字。",
    voice_lost: "刚才那句没有听完。请再说一遍，或者打字。",
  },
  en: {
    network: "No network. What you said is kept and sent as soon as there is one.",
    timeout: "No answer for a long time. Please try again.",
    sending: "Sending",
    waiting: "No network, sending again in a moment",
    limited: "That was quick: going on in {seconds} s",
    recovering: "The service is recovering, sending again soon",
    failed: "Not sent. Tap to send again",
    refused: "Not taken: {reason}",
    problem_401: "This conversation has expired. Please begin again.",
    problem_404: "Not found. Please go back and try again.",
    problem_413: "The file is too large. Please make it smaller.",
    problem_422: "That cannot be used. Please check it and try again.",
    problem_429: "That was quick. Please wait a moment.",
    problem_500: "The service has a problem just now. Please try again later.",
    attachment: "Uploaded documents",
    owner_bot: "Assistant",
    owner_queue: "Waiting for a person",
    owner_staff: "A person is with you",
    owner_closed: "The conversation has ended",
    filled: "{filled} of {total} answered",
    prefilled: ", {prefilled} of them without you",
    citations: "{count} sources",
    unverified: "to be verified",
    yes: "Yes",
    no: "No",
    uploading: "Uploading {percent}%",
    upload_bad: "Something is wrong: see below. You may hand it in all the same",
    picked_none: "Please choose at least one",
    mic_refused: "The microphone is not allowed. Allow it in the settings under “…”, or type.",
    mic_failed: "The microphone does not work. Please type, or try again later.",
    no_voice: "Speech cannot be heard here just now. Please type.",
    voice_lost: "That was not heard to its end. Please say it again, or type.",
  },
};

let language = "zh-CN";

/** @param {string} locale zh-CN, zh-Hant or en; of others and of zh-Hant the pages' own words are zh-CN */
function use(locale) {
  language = WORDS[locale] ? locale : "zh-CN";
}

/** @param {string} key
 *  @param {Record<string, string | number>} [values] */
function t(key, values = {}) {
  const text = WORDS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Words for a status when the server gave none. @param {number} status */
function plainProblem(status) {
  const key = `problem_${status >= 500 ? 500 : status}`;
  return t(WORDS[language][key] ? key : "problem_500");
}

module.exports = { use, t, plainProblem, languages: () => Object.keys(WORDS), keys: (/** @type {string} */ of) => Object.keys(WORDS[of]) };

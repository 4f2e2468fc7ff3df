/** How figures are said: shares, lengths of time, and their names. */
export const share = (part, of) => (of ? `${(100 * part / of).toFixed(1)}%` : "—");

/** Seconds as a person says them. */
export function length(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}秒`;
  if (whole < 3600) return `${Math.floor(whole / 60)}分${whole % 60 ? `${whole % 60}秒` : ""}`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}小时${minutes % 60 ? `${minutes % 60}分` : ""}`;
}

export const spread = (one, what) => (one.count ? length(one[what]) : "—");

export const LIMITS = { first_answer: "首次答复时限", next_answer: "后续答复时限", resolution: "解决时限" };
export const GRADES = { very_satisfied: "非常满意", satisfied: "满意", fair: "基本满意", dissatisfied: "不满意", very_dissatisfied: "非常不满意" };

/** The shares that are shown: name, the part, of what, and how it is said in words. */
export const SHARES = [
  ["没有用人工", "contained", "conversations", "次对话"],
  ["办到提交", "finished", "begun", "件新开的办件"],
  ["机器人独自办到提交", "by_bot", "begun", "件新开的办件"],
  ["一次办成", "right_first", "decided", "件已作出决定的办件"],
  ["没听懂或答不了", "fell_back", "read", "句话"],
  ["满意", "satisfied", "rated", "个评价"],
];

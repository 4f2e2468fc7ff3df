/**
 * The conversation changed its language: the server says so in a sentence of its own, and the page follows.
 * The sentences are those of the server's message catalogue (conversation.language_changed, language_noticed, script_noticed).
 */
const SIGNS = [
  ["en", "All right, let us speak English."],
  ["en", '可以随时说"中文"换回来 / Say "中文" for Chinese'],
  ["zh-CN", "好的，下面说中文。"],
  ["zh-Hant", "好的，下面說中文。"],
  ["zh-Hant", "下面用繁體字回答，可以隨時說“簡體”換回來。"],
];

/** What to say to be answered in a language. */
export const ASK_FOR = { "zh-CN": "说中文", "zh-Hant": "說中文", en: "English please" };

/** The language a turn changes the conversation to, or null. */
export function changedTo(turn) {
  const said = (turn.replies ?? []).map((reply) => reply.text);
  return SIGNS.find(([, sentence]) => said.includes(sentence))?.[0] ?? null;
}

/** How a paper is best held before the camera: its shape, and what to heed with it. */

/** Millimetres, as seen upright in the frame; the first that fits a paper's name is taken. @type {[RegExp, string, number, number][]} */
const SHAPES = [
  [/身份证|社保卡|社会保障卡|银行卡|居住证|残疾人证|医保卡/, "card", 85.6, 54],
  [/驾驶证|驾照|行驶证/, "card", 88, 60],
  [/户口簿|户口本|结婚证|护照|出生医学证明|不动产权?证|房产证/, "booklet", 143, 105],
  [/营业执照/, "sheet", 297, 210],
  [/照片|相片/, "portrait", 35, 45],
];
const SHEET = /** @type {const} */ (["sheet", 210, 297]);

/** @param {string} name of the paper @returns {{ kind: string, width: number, height: number, percent: number, advice: string[] }} `percent`: of the camera picture's width; the height follows from it */
function frameOf(name) {
  const found = SHAPES.find(([words]) => words.test(name));
  const [kind, width, height] = found ? [found[1], found[2], found[3]] : SHEET;
  return { kind, width, height, percent: width >= height ? 88 : 72, advice: [ADVICE[kind], "光线要亮、要匀，别让灯光在上面反光。", "手机拿平，四个角都在框里，看清了再拍。"] };
}

/** @type {Record<string, string>} */
const ADVICE = {
  card: "把证件放平，正好装进框里。正面、反面各拍一张。",
  booklet: "翻到要交的那一页，压平，手指别挡住字。",
  sheet: "纸放在深色桌面上，铺平，整张装进框里。一页拍一张。",
  portrait: "正面免冠，白色背景，头在框中间。",
};

module.exports = { frameOf };

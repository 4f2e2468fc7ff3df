/** What is said about the devices, in both languages. */
import { pageLocale } from "/static/chat/js/strings.js";

const zh = {
  comma: "、",
  card: "放身份证", card_title: "请把身份证放在读卡区", card_text: "会读取并填好：{labels}。身份证上的照片不要，读到的内容只用来填这件事。",
  card_wait: "正在等身份证…", card_read: "读到了：{name}，{number}。请拿好身份证。", camera: "用高拍仪拍", camera_title: "把材料放在高拍仪下面",
  camera_text: "放平、放正，四个角都要看得见，不要反光。", camera_take: "拍照", camera_again: "重拍", camera_use: "就用这张", camera_sending: "正在上传…",
  camera_alt: "高拍仪看到的画面", camera_file: "高拍仪拍摄.jpg", camera_checks: "看一下：", scan: "扫码", scan_title: "请把码对准扫码口",
  scan_text: "可以扫：手机上的办件码、恢复码，营业执照上的码。", scan_wait: "正在等…", scan_unknown: "这个码这里用不上。可以扫手机上的办件码、恢复码，或者营业执照上的码。",
  scan_not_now: "扫到营业执照了，可是现在没有问到它。先说要办什么事，问到的时候再扫。", print: "打印", print_title: "要打印什么？",
  print_receipt: "打印小票（办件编号和查进度的码）", print_package: "打印材料（A4 纸）",
  print_private: "材料上有姓名、身份证号码等信息。请确认旁边没有别人，打完拿好，不要落在这里。", print_pages: "一共 {pages} 页，打几份？",
  print_copies: "{count} 份", print_begin: "打印材料", print_wait: "正在准备…", print_going: "正在打印，请稍等…", print_done: "打好了，请拿好。",
  print_cancel: "不打了", print_cancelled: "已取消。打出来的几页请拿走。", receipt_title: "办件回执", receipt_case: "办件编号", receipt_item: "事项",
  receipt_status: "状态", receipt_time: "时间", receipt_code: "手机扫码查进度", receipt_foot: "这张小票不是受理凭证。",
  close: "关闭", again: "再试一次", help: "请工作人员帮忙", trouble: "{what}用不了：{why}", kind_card: "读卡器", kind_camera: "高拍仪",
  kind_scanner: "扫码器", kind_receipt: "小票打印机", kind_a4: "A4 打印机", "fault.offline": "没有连上。请换一种办法，或者请工作人员帮忙。",
  "fault.busy": "正在用，请稍等再试。", "fault.timeout": "没有等到。请放好再试一次。", "fault.unreadable": "没有读出来。请擦一擦、放正，再试一次。",
  "fault.removed": "拿开得太早了。请放着不动，等提示再拿。", "fault.other_card": "这不是居民身份证。请放居民身份证，或者打字填写。",
  "fault.no_picture": "看不到画面。请工作人员看一下灯和镜头。", "fault.paper_out": "没有纸了。请工作人员加纸，加好再试一次。",
  "fault.cover_open": "盖子没有合上。请工作人员合上，再试一次。", "fault.jam": "卡纸了。请不要用力拉，请工作人员处理。", "fault.hot": "打印头太热，请等一分钟再试。",
  "fault.refused": "打印机现在不收。请工作人员看一下。", "fault.too_large": "页数太多，这里打不了。可以在手机上下载，或者到窗口打印。",
  "fault.other": "出了点问题。请再试一次，或者请工作人员帮忙。",
};

const en = {
  comma: ", ",
  card: "Use identity card", card_title: "Lay your identity card on the reader", card_text: "This reads and fills in: {labels}. The picture on the card is not taken; what is read is used for this case only.",
  card_wait: "Waiting for the card…", card_read: "Read: {name}, {number}. Please take your card.", camera: "Document camera", camera_title: "Put the paper under the camera",
  camera_text: "Flat and straight, all four corners in sight, no glare.", camera_take: "Take the picture", camera_again: "Again", camera_use: "Use this one", camera_sending: "Uploading…",
  camera_alt: "What the document camera sees", camera_file: "document-camera.jpg", camera_checks: "Please look:", scan: "Scan a code", scan_title: "Hold the code before the scanner",
  scan_text: "The code of your case, a resume code, or the code on a business licence.", scan_wait: "Waiting…", scan_unknown: "This code is of no use here. Scan the code of your case, a resume code, or that of a business licence.",
  scan_not_now: "That is a business licence, which is not asked for now. Say first what you want to do.", print: "Print", print_title: "What shall be printed?",
  print_receipt: "Receipt (case number and code for its progress)", print_package: "The papers (A4)",
  print_private: "The papers show names and identity numbers. See that nobody looks on, and take all of them with you.", print_pages: "{pages} pages. How many copies?",
  print_copies: "{count}", print_begin: "Print the papers", print_wait: "Preparing…", print_going: "Printing…", print_done: "Done. Please take your papers.",
  print_cancel: "Do not print", print_cancelled: "Cancelled. Please take the pages that came out.", receipt_title: "Receipt", receipt_case: "Case", receipt_item: "Item",
  receipt_status: "Status", receipt_time: "Time", receipt_code: "Scan to see the progress", receipt_foot: "This slip is no proof of acceptance.",
  close: "Close", again: "Try again", help: "Ask the staff", trouble: "The {what} does not work: {why}", kind_card: "card reader", kind_camera: "document camera",
  kind_scanner: "scanner", kind_receipt: "receipt printer", kind_a4: "A4 printer", "fault.offline": "not connected. Use another way, or ask the staff.",
  "fault.busy": "in use. Try again in a moment.", "fault.timeout": "nothing was laid on it. Please try again.", "fault.unreadable": "it could not be read. Wipe it, lay it straight, try again.",
  "fault.removed": "it was taken away too early. Leave it until told.", "fault.other_card": "this is no resident identity card. Use one, or type.",
  "fault.no_picture": "nothing can be seen. Ask the staff to look at lamp and lens.", "fault.paper_out": "out of paper. Ask the staff, then try again.",
  "fault.cover_open": "its cover is open. Ask the staff, then try again.", "fault.jam": "paper is stuck. Do not pull; ask the staff.", "fault.hot": "it is too hot. Try again in a minute.",
  "fault.refused": "it takes nothing now. Ask the staff.", "fault.too_large": "too many pages. Download them with your phone, or ask at a counter.",
  "fault.other": "something went wrong. Try again, or ask the staff.",
};

/** The words for `key`, with `{name}` replaced. */
export function d(key, params = {}) {
  const words = pageLocale() === "en" ? en : zh;
  const text = words[key] ?? (key.startsWith("fault.") ? words["fault.other"] : key);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

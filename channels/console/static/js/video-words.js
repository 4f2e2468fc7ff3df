/** What the console says of calls. */
const ENDED = {
  done: "通话结束", declined: "申请人不用通话", refused: "您说现在不能通话", missed: "申请人没有接", withdrawn: "通话取消了", failed: "网络接不通，通话结束",
  lost: "有一方断开，通话结束", released: "接待结束，通话也结束了",
};
const KIND = { video: "视频", voice: "语音" };

/** How long, in words. */
export const length = (seconds) => (seconds >= 60 ? `${Math.floor(seconds / 60)}分${seconds % 60}秒` : `${seconds}秒`);

/** What the log says of a `call` event. */
export function callLine({ what, kind, outcome, seconds, fell_back: fell, name }) {
  switch (what) {
    case "asked": return `申请人想要${KIND[kind]}通话`;
    case "rung": return `${name}邀请申请人${KIND[kind]}通话`;
    case "began": return `${name}和申请人的${KIND[kind]}通话开始`;
    case "recording_agreed": return "申请人同意录像，录像开始";
    case "recording_stopped": return "录像停止";
    case "ended": return [ENDED[outcome], seconds ? `一共${length(seconds)}` : "", fell === "voice" ? "中途转为语音" : fell === "text" ? "转为文字" : ""].filter(Boolean).join("，");
    default: return "";
  }
}

/** What to do when a call has ended so, beside what the log says. */
export const AFTER = {
  declined: "申请人不用通话，请用文字接着办。", missed: "申请人没有接。请先用文字说明，再邀请一次。", failed: "网络接不通，请用文字接着办；跨网络通话要配好 TURN 服务器。",
  lost: "通话断了。请用文字问一下，或者再邀请一次。", withdrawn: "通话取消了，请用文字接着办。", released: "这个对话不再由您接待，通话也结束了。", done: "", refused: "",
};
export const WHY = {
  camera_refused: "没有得到摄像头的许可，先用语音。请在浏览器地址栏旁边允许使用摄像头，再按“开摄像头”。", no_camera: "没有找到摄像头，先用语音。接好以后按“开摄像头”。",
  camera_busy: "摄像头打不开，可能别的程序在用。先用语音。", no_microphone: "麦克风用不了，不能通话，请用文字。请在浏览器地址栏旁边允许使用麦克风，再试一次。",
  unsupported: "这个浏览器不能通话，或者没有用 https 打开。请用文字。", weak: "网络慢，先关了您的画面，声音不受影响。网络好了按“开摄像头”。",
  gone: "通话的连接断了。请刷新页面再试，或者用文字。", screen: "没有选要给申请人看的窗口。要看时请再按一次。", record: "录像的片段没有送到，正在再送。请先不要关这个页面。",
  recorded: "录像已经加密存好。", cut: "录像有几段没有送到，存下的不完整。",
};

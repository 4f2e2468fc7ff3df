/* The widget's own words. What is said in the conversation comes from the server, in the conversation's language. */
const WORDS = {
  "zh-CN": {
    launch: "办事助手", unread: "办事助手，有新消息", title: "办到 · 办事助手", close: "收起", more: "在完整页面打开", end: "结束",
    log: "对话内容", box: "说要办的事，或者回答上面的问题", send: "发送", typing: "正在回复…", connecting: "正在连接…",
    offline: "网络不通，正在重新连接。", slow: (s) => `说得太快了，${s}秒后自动接着发。`, failed: "没有发出去，正在再试。",
    bot: "机器人为您服务", queue: "排队中，工作人员会尽快接入", staff: "工作人员服务中", closed: "会话已结束",
    you: "您", helper: "办到", person: "工作人员", filled: (n, of) => `已填 ${n} / ${of}`, sources: (n) => `依据（${n}）`,
    unverified: "未核对", newTab: "（在新页面打开）", form: "一次填写多项", formTitle: "一次填写多项", formText: "会的先填，不会的留空，之后再问您。",
    formSend: "填好了", cancel: "取消", formEmpty: "还没有填。填一项也可以。", choose: "请选择", yes: "是", no: "否", confirm: "确定",
    optional: "选填", skip: "跳过", why: "为什么问这个", example: (e) => `例如：${e}`, there: "这一步要上传文件或者填表格，请在完整页面办。填好的都在。",
    submit: "提交前要登录、签名的，请在完整页面办。", download: (name) => `在完整页面查看：${name}`, card: "工作人员发来一张卡片，请在完整页面打开。",
    crossed: "已经在完整页面打开，请在那里接着办。", here: "在这里接着办", anew: "开始新对话",
    gone: "这次对话已经转到完整页面，或者过了期限。您填好的都在：完整页面、“凭办件编号继续办理”都可以接着办。",
    ask: "要结束这次对话吗？没有办完的事，记下办件编号和续办码，以后还能接着办。", stay: "不结束", ended: "对话已经结束。",
    unopened: "没有连上服务。", again: "再试一次",
  },
  en: {
    launch: "Ask us", unread: "Ask us: new message", title: "Bandao · assistant", close: "Close", more: "Open in the full page", end: "End",
    log: "Conversation", box: "Say what you need, or answer", send: "Send", typing: "Answering…", connecting: "Connecting…",
    offline: "No connection. Trying again.", slow: (s) => `That was too fast; it is sent again in ${s} seconds.`, failed: "Not sent yet. Trying again.",
    bot: "The assistant is answering", queue: "Waiting: staff will be with you soon", staff: "You are talking with staff", closed: "The conversation is closed",
    you: "You", helper: "Bandao", person: "Staff", filled: (n, of) => `${n} of ${of} filled in`, sources: (n) => `Sources (${n})`,
    unverified: "not verified", newTab: " (opens in a new page)", form: "Fill in several at once", formTitle: "Several questions at once",
    formText: "Fill in what you know and leave the rest empty: it is asked afterwards.",
    formSend: "Done", cancel: "Cancel", formEmpty: "Nothing is filled in yet. One is enough.", choose: "Please choose", yes: "Yes", no: "No", confirm: "Confirm",
    optional: "optional", skip: "Skip", why: "Why is this asked?", example: (e) => `For example: ${e}`,
    there: "This step needs files or a table: please go on in the full page. Everything filled in stays.",
    submit: "If you have to sign in or sign first, please go on in the full page.", download: (name) => `See in the full page: ${name}`,
    card: "Staff sent a card. Please open it in the full page.",
    crossed: "Opened in the full page. Please go on there.", here: "Go on here", anew: "Start a new conversation",
    gone: "This conversation went on in the full page, or its time is over. Everything filled in is there: go on in the full page, or with your case number.",
    ask: "End this conversation? To go on later with something unfinished, note its case number and resume code.", stay: "Keep it", ended: "The conversation has ended.",
    unopened: "The service cannot be reached.", again: "Try again",
  },
};

/** What buttons send, in the words the conversation knows in every language. */
const SKIP = "跳过";

/** The console's pages, each for who may do something on it. */
const PLACES = [
  ["desk.read", "/console/", "坐席工作台"],
  ["figures.read", "/console/reports/", "数据"],
  ["guides.read", "/console/guides/", "办事指南"],
  ["accounts.manage", "/console/accounts/", "账号"],
  ["audit.read", "/console/audit/", "审计记录"],
  ["past.read", "/console/past/", "查找对话"],
  ["misuse.read", "/console/misuse/", "异常访问"],
];

/** Whether this page is for her. If not, she is taken to one that is; who has no role stays and is told so by `none`. */
export function belongs(me, here, none) {
  const mine = PLACES.filter(([permission]) => me.may.includes(permission));
  if (mine.some(([, path]) => path === here)) return true;
  if (mine.length) location.replace(mine[0][1]);
  else none();
  return false;
}

/** Links to the other pages she may go to, in front of the tools. */
export function linkPlaces(me, here, tools) {
  for (const old of tools.querySelectorAll("a[data-place]")) old.remove();
  for (const [permission, path, name] of PLACES.toReversed()) {
    if (path === here || !me.may.includes(permission)) continue;
    const link = Object.assign(document.createElement("a"), { className: "tool", href: path, textContent: name });
    link.dataset.place = path;
    tools.prepend(link);
  }
}

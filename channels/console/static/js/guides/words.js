/** What states of a revision are called, and who did what when. */
import { moment } from "../time.js";

const STATES = { draft: "草稿", proposed: "等审核", approved: "已通过，等发布", published: "已发布", replaced: "旧版", returned: "退回修改", found: "直接放进文件夹的" };
export const state = (code) => STATES[code] ?? code;

const TROUBLES = {
  file_changed: "发布前，文件被别人改了，所以没有发布。",
  unsound: "发布那天检查没有通过，所以没有发布。",
  unwritable: "文件写不进去，还没有发布成功，会自动再试。请告诉管理员。",
};
export const trouble = (code) => TROUBLES[code] ?? "";

/** 李四 · 草稿 · 14:05 */
export function about(revision) {
  const when = revision.published_at ?? revision.decided_at ?? revision.proposed_at ?? revision.updated_at;
  return [revision.author ?? "", state(revision.state), moment(when)].filter(Boolean).join(" · ");
}

/** A proposal as the second person sees it: what changes, and yes or no. */
import { guides } from "./api.js";
import { showCompared } from "./compare.js";
import { about, trouble } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Review {
  constructor({ told, failed }) {
    Object.assign(this, { told, failed });
    $("deciding").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#decide("approve");
    });
    $("send-back").addEventListener("click", () => void this.#decide("sendBack"));
    $("withdraw").addEventListener("click", () => void this.#withdraw());
  }

  async open(me, id) {
    const one = this.revision = await guides.revision(id);
    $("review-title").textContent = `${one.name} · ${one.label}`;
    $("review-line").textContent = [about(one), one.effective ? `定在 ${one.effective} 发布` : "审核通过马上发布"].join(" · ");
    $("review-note").textContent = one.note || "（没有写说明）";
    $("review-answer").value = "";
    this.#trouble("");
    $("review-open").href = `#/${one.code}/${one.place}`;
    const waiting = one.state === "proposed" || one.state === "approved";
    const mayDecide = me.may.includes("guides.approve") && !one.mine;
    $("deciding").hidden = !(waiting && mayDecide);
    $("approve").hidden = one.state !== "proposed";
    $("withdraw").hidden = !(waiting && one.mine);
    const why = [
      one.moved ? "这份文件在编写以后被别人改过，要退回给编写的人重新对一遍。" : "",
      waiting && one.mine ? "自己写的要由另一位负责审核指南的同事来看。" : "",
      waiting && me.may.includes("guides.write") && !me.may.includes("guides.approve") && !one.mine ? "要由负责审核指南的同事来看。" : "", trouble(one.trouble),
    ].filter(Boolean).join(" ");
    $("review-why").hidden = !why;
    $("review-why").textContent = why;
    showCompared($("review-compare"), await guides.compare(one, { old: one.base, new: one.id }));
    $("review-title").focus();
  }

  async #decide(what) {
    const answer = $("review-answer").value;
    if (what === "sendBack" && !answer.trim()) {
      this.#trouble("请写一句：哪里要改。");
      $("review-answer").focus();
      return;
    }
    for (const id of ["approve", "send-back"]) $(id).disabled = true;
    try {
      const done = await guides[what](this.revision.id, answer);
      this.told({
        published: "已发布，一两秒后老百姓就能看到。", approved: `已通过，${done.effective ?? ""} 发布。`,
        returned: done.trouble ? trouble(done.trouble) : "已退回给编写的人。",
      }[done.state] ?? "好了。", done.trouble ? "bad" : "good");
      location.hash = "#/";
    } catch (error) {
      this.#failed(error);
    } finally {
      for (const id of ["approve", "send-back"]) $(id).disabled = false;
    }
  }

  async #withdraw() {
    try {
      const one = await guides.withdraw(this.revision.id);
      location.hash = `#/${one.code}/${one.place}`;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error) {
    if (error.status === 401) this.failed(error);
    else this.#trouble(error.message);
  }

  #trouble(text) {
    $("review-error").textContent = text;
    $("review-error").hidden = !text;
  }
}

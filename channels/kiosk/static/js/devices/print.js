/** Printing at the end: a receipt on the roll, the papers on A4. What is printed is told before, and noted on the server by its digest. */
import { h } from "/static/chat/js/dom.js";
import { Box } from "./box.js";
import { DeviceFault } from "./service.js";
import { d } from "./words.js";

const LOOK_MS = 700;

async function digest(text) {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `file` is the turn's case, `status` its status in words; `note(body)` notes a print; `pdf()` is a promise of the package as a Blob. */
export function printing(service, { file, status, address, on, note, pdf }) {
  const box = new Box("receipt", "print_title", on, () => job && !ended && service.call("DELETE", `jobs/${job}`).catch(() => {}));
  let job = null;
  let ended = false;

  function choose() {
    box.place.replaceChildren();
    box.say(file.package && service.has("a4") ? d("print_private") : "");
    box.offer(...(service.has("receipt") ? [["print_receipt", receipt, true]] : []), ...(file.package && service.has("a4") ? [["print_package", prepare, false]] : []));
  }

  const receipt = () => box.attempt(async () => {
    box.say(d("print_going"));
    box.buttons.replaceChildren();
    const now = new Date().toLocaleString("zh-CN", { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai" });
    const lines = [["receipt_case", file.case_no], ["receipt_item", file.guide.name], ["receipt_status", status], ["receipt_time", now]]
      .filter(([, value]) => value).map(([label, value]) => [d(label), String(value).slice(0, 120)]);
    const slip = { title: d("receipt_title"), lines, foot: d("receipt_foot"), ...(address ? { code: `${address}/?case=${file.case_no}`, code_words: d("receipt_code") } : {}) };
    const sha256 = await digest(JSON.stringify(slip));
    await noted({ what: "receipt", sha256 }, () => service.call("POST", "receipt", slip));
    box.say(d("print_done"));
    choose_again();
  }, receipt, "receipt");

  const prepare = () => box.attempt(async () => {
    box.say(d("print_wait"));
    box.buttons.replaceChildren();
    const made = await service.call("POST", "jobs", await pdf(), box.stopped.signal);
    job = made.job;
    ended = false;
    const copies = h("div", { class: "device-copies", role: "radiogroup" });
    let wanted = 1;
    for (let count = 1; count <= made.most_copies; count += 1) {
      copies.append(h("button", { type: "button", class: "button", role: "radio", "aria-checked": String(count === wanted), text: d("print_copies", { count }), on: { click() {
        wanted = count;
        for (const [at, one] of [...copies.children].entries()) one.setAttribute("aria-checked", String(at + 1 === wanted));
      } } }));
    }
    box.say(`${d("print_pages", made)} ${d("print_private")}`);
    box.place.replaceChildren(copies);
    box.offer(["print_begin", () => run(made, wanted), true]);
  }, prepare, "a4");

  const run = (made, copies) => box.attempt(async () => {
    box.say(d("print_going"));
    box.place.replaceChildren();
    box.buttons.replaceChildren(h("button", { type: "button", class: "button", text: d("print_cancel"), on: { click: cancel } }));
    await noted({ what: "package", sha256: made.sha256, pages: made.pages, copies }, async () => {
      let how = await service.call("POST", `jobs/${job}/print`, { copies });
      while (box.open && ["waiting", "printing"].includes(how.state)) {
        await new Promise((done) => { setTimeout(done, LOOK_MS); });
        if (box.open) how = await service.call("GET", `jobs/${job}`);
      }
      if (!box.open || how.state === "cancelled") throw new DeviceFault("cancelled");
      if (how.state === "fault") throw new DeviceFault(how.code);
      ended = true;
    });
    box.say(d("print_done"));
    choose_again();
  }, () => run(made, copies), "a4");

  async function cancel() {
    await service.call("DELETE", `jobs/${job}`).catch(() => {});
    ended = true;
    box.say(d("print_cancelled"));
    choose_again();
  }

  async function noted(what, work) {
    try {
      await work();
    } catch (fault) {
      note({ ...what, outcome: fault.code });
      throw fault;
    }
    note({ ...what, outcome: "done" });
  }

  /** What was said stays; what may be printed next is below it. */
  function choose_again() {
    const said = box.words.textContent;
    choose();
    box.say(said);
  }

  choose();
  return box;
}

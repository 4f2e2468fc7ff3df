/** The devices about the kiosk, as the page knows them: offers beside the question, and what comes of them. Without a service: nothing. */
import { h } from "/static/chat/js/dom.js";
import { photograph } from "./camera.js";
import { layCard } from "./card.js";
import { printing } from "./print.js";
import { scanCode } from "./scan.js";
import { Service } from "./service.js";
import { d } from "./words.js";

const DONE = new Set(["submitted", "accepted", "in_review", "approved", "delivered", "ready"]);
/** What is asked where the code on a business licence is the answer. */
const LICENCE = /信用代码|credit code/i;
const PERSONAL = new Set(["text", "date"]);

async function asked(session, method, path, body = null) {
  try {
    const answer = await fetch(`/api/v1/${path}`, {
      method, cache: "no-store", headers: { Authorization: `Bearer ${session.token}`, ...(body ? { "Content-Type": "application/json" } : {}) }, body: body && JSON.stringify(body),
    });
    return answer.ok || answer.status === 422 ? answer : null;
  } catch {
    return null;
  }
}

export class Devices {
  /**
   * `page` = {after: element the offers follow, first: element of the first screen they follow, place, session(): session or null, case(): case or null,
   * turn(turn), attach(ids, name), upload(file, material), say(words), tell(text), resume(number, code), help()}.
   */
  constructor(page) {
    this.page = page;
    this.service = new Service(window.location.hash);
    this.box = null;
    this.ask = null;
    this.offers = h("div", { class: "device-offers", hidden: true });
    this.first = h("button", { type: "button", class: "button", hidden: true, on: { click: () => this.scan() } });
    if (!this.service.base) return;
    document.head.append(h("link", { rel: "stylesheet", href: "/static/kiosk/css/devices.css" }));
    page.after.after(this.offers);
    page.first.after(this.first);
    document.addEventListener("kiosk:offer", (event) => event.detail.way === "scan" && this.#fitting()?.focus());
    this.address = null;
    fetch("/kiosk/settings", { cache: "no-store" }).then((answer) => answer.json()).then((told) => { this.address = told.address ?? null; }).catch(() => {});
    this.start();
  }

  /** How the devices stand, before somebody comes. */
  async start() {
    await this.service.look();
    this.first.hidden = !this.service.has("scanner");
    this.first.textContent = d("scan");
    await this.show(this.ask);
  }

  /** A question is shown, or none: what the devices can do for it is offered. */
  async show(ask) {
    this.ask = ask;
    const session = this.page.session();
    if (!this.service.base || !session) return this.#offer([]);
    const made = [];
    if (ask?.kind === "file" && this.service.has("camera")) made.push(["camera", () => this.photograph(ask)]);
    if (LICENCE.test(ask?.label) && this.service.has("scanner")) made.push(["scan", () => this.scan()]);
    if (DONE.has(this.page.case()?.status) && (this.service.has("receipt") || this.service.has("a4"))) made.push(["print", () => this.print()]);
    this.#offer(made);
    if (ask && PERSONAL.has(ask.kind) && this.service.has("card")) {
      const proof = await (await asked(session, "GET", `conversations/${session.id}/identity-card`))?.json();
      if (this.ask === ask && proof?.items?.length) this.#offer([["card", () => this.card(proof.items)], ...made]);
    }
    return undefined;
  }

  card(items) {
    const session = this.page.session();
    this.#opened(layCard(this.service, {
      conversation: session.id, labels: items.map((one) => one.label), on: this.#on(),
      send: async (statement) => {
        const answer = await asked(session, "POST", `conversations/${session.id}/identity-card`, { client_message_id: crypto.randomUUID(), statement });
        const told = await answer?.json();
        if (answer?.ok) this.page.turn(told);
        else this.page.say(told?.detail ?? d("fault.other"));
      },
    }));
  }

  photograph(ask) {
    const material = ask.material ?? null;
    this.#opened(photograph(this.service, { on: this.#on(), upload: (file) => this.page.upload(file, material), attach: (id, name) => this.page.attach([id], name) }));
  }

  /** A paper staff ask for in a call, by the document camera; null where there is none. Resolves to whether it was handed in. */
  paper(card, hand) {
    if (!this.service.has("camera")) return null;
    return new Promise((done) => {
      let handed = null;
      const attach = (id) => { handed = hand(id).then((answer) => done(answer.state !== "open"), (error) => done(this.page.say(error.message) ?? false)); };
      this.#opened(photograph(this.service, {
        on: this.#on(), upload: (file) => this.page.upload(file, card.material ?? null), attach, closed: () => setTimeout(() => handed ?? done(false)),
      }));
    });
  }

  scan() {
    const ours = [window.location.origin, ...(this.address ? [new URL(this.address).origin] : [])];
    this.#opened(scanCode(this.service, {
      ours, on: this.#on(),
      found: (code) => {
        if (code.kind === "licence") {
          if (!LICENCE.test(this.ask?.label)) return "scan_not_now";
          this.page.tell(code.number);
        } else this.page.resume(code.number ?? "", code.code);
        return null;
      },
    }));
  }

  print() {
    const session = this.page.session();
    const file = this.page.case();
    this.#opened(printing(this.service, {
      file, status: "", address: this.address, on: this.#on(),
      note: (body) => asked(session, "POST", `cases/${encodeURIComponent(file.case_no)}/prints`, body),
      pdf: async () => {
        const answer = await asked(session, "GET", `cases/${encodeURIComponent(file.case_no)}/package`);
        return answer?.ok ? answer.blob() : new Blob(["-"]);
      },
    }));
  }

  /** She has gone: dialogs are closed, the service forgets, and what it offers is looked at anew. */
  async clear() {
    this.box?.close();
    this.box = this.ask = null;
    this.#offer([]);
    await this.service.forget();
    if (this.service.base) await this.start();
  }

  /** The words of the page in another language. */
  reword() {
    this.first.textContent = d("scan");
    if (this.ask) this.show(this.ask);
  }

  /** Of what is offered the one that has the answer: the scanner for a licence's code, else the card reader. */
  #fitting() {
    const kind = LICENCE.test(this.ask?.label) ? "scan" : "card";
    return this.offers.querySelector(`[data-offer="${kind}"]`) ?? this.offers.firstChild;
  }

  #on() {
    return {
      help: () => this.page.help(),
      fault: (device, code) => {
        const session = this.page.session();
        if (session) asked(session, "POST", `conversations/${session.id}/device-faults`, { device, code, place: this.page.place ?? "" });
      },
    };
  }

  #opened(box) {
    this.box?.close();
    this.box = box;
  }

  #offer(made) {
    this.offers.hidden = !made.length;
    this.offers.replaceChildren(...made.map(([key, action]) => h("button", { type: "button", class: "button", data: { offer: key }, text: d(key), on: { click: action } })));
  }
}

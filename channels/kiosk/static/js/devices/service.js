/**
 * The service of the devices on this machine. The page's own address says how to reach it, behind the # that browsers send to no
 * server: `/kiosk#devices=<port>.<pairing>`. Without that there are no devices.
 */
const PATIENCE_MS = 45_000;
const TOLD = /^#devices=(\d{2,5})\.([A-Za-z0-9_-]{16,})$/;

/** What a device could not do; `code` as in channels/kiosk/devices/interfaces.py. */
export class DeviceFault extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class Service {
  constructor(hash) {
    const [, port, pairing] = TOLD.exec(hash) ?? [];
    this.base = port ? `http://127.0.0.1:${port}/v1` : null;
    this.pairing = pairing;
    this.states = {};
  }

  /** Whether a device is there, be it in want of paper. */
  has(kind) {
    return Boolean(this.states[kind]) && this.states[kind].state !== "absent";
  }

  /** Learns how the devices stand; nothing is there where nobody answers. */
  async look() {
    if (!this.base) return;
    try {
      this.states = (await this.call("GET", "devices")).devices;
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault;
      this.states = {};
    }
  }

  /** Calls the service. `body` is JSON, or a Blob as it is; the answer is JSON, or a Blob where it is a picture. */
  async call(method, path, body = null, signal = null) {
    if (!this.base) throw new DeviceFault("offline");
    const raw = body instanceof Blob;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    let answer;
    try {
      answer = await fetch(`${this.base}/${path}`, {
        method, mode: "cors", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer",
        headers: { "X-Bandao-Pairing": this.pairing, ...(body ? { "Content-Type": raw ? "application/octet-stream" : "application/json" } : {}) },
        body: body && !raw ? JSON.stringify(body) : body,
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      });
      if (answer.ok) return answer.headers.get("Content-Type")?.startsWith("image/") ? await answer.blob() : await answer.json();
    } catch {
      throw new DeviceFault(signal?.aborted ? "cancelled" : "offline");
    }
    throw new DeviceFault(await answer.json().then((told) => told.code, () => null) ?? "offline");
  }

  /** Nobody waits for a card or a code any more, and nothing of hers is left there. */
  forget() {
    return this.base ? this.call("POST", "forget").catch(() => {}) : Promise.resolve();
  }

  stop() {
    return this.base ? this.call("POST", "stop").catch(() => {}) : Promise.resolve();
  }
}

/** Papers photographed for one question: uploaded at once, handed in together, with what the checks found. */
const { t } = require("./words");

class Papers {
  /**
   * @param {InstanceType<typeof import("./api").Api>} api
   * @param {import("./api").Session} session
   * @param {{ material?: string, max_bytes?: number }} ask
   * @param {(files: any[]) => void} onChange
   */
  constructor(api, session, ask, onChange) {
    this.api = api;
    this.session = session;
    this.ask = ask;
    this.onChange = onChange;
    /** @type {{ id: number, name: string, percent: number, upload: string, problems: string[] }[]} */
    this.files = [];
    this.count = 0;
  }

  /** Those that can be handed in. */
  get ready() {
    return this.files.filter((one) => one.upload);
  }

  /** @param {string} path of the picture on the phone */
  async add(path) {
    const id = (this.count += 1);
    const one = { id, name: `第 ${id} 页`, percent: 0, upload: "", problems: /** @type {string[]} */ ([]) };
    this.files = [...this.files, one];
    this.tell();
    try {
      const found = await this.api.upload(this.session, path, this.ask.material ?? null, (share) => this.set(id, { percent: Math.round(100 * share) }));
      const problems = found.checks.filter((/** @type {any} */ check) => !check.ok).map((/** @type {any} */ check) => check.message);
      this.set(id, { percent: 100, upload: found.upload_id, problems: problems.length ? [t("upload_bad"), ...problems] : [] });
    } catch (error) {
      // refused with the reason and the remedy, or not arrived: it stays to be removed or taken again
      this.set(id, { percent: 100, problems: [/** @type {any} */ (error).message] });
    }
  }

  /** @param {number} id */
  remove(id) {
    this.files = this.files.filter((one) => one.id !== id);
    this.tell();
  }

  /** @param {number} id @param {any} what */
  set(id, what) {
    this.files = this.files.map((one) => (one.id === id ? { ...one, ...what } : one));
    this.tell();
  }

  tell() {
    this.onChange(this.files);
  }
}

module.exports = { Papers };

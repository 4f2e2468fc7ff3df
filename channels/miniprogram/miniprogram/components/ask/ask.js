/** The one thing being asked, in the shape that is easiest to answer. `ask` as `lib/shown` has it. */
const { t } = require("../../lib/words");

Component({
  properties: {
    ask: { type: Object, value: null },
    busy: { type: Boolean, value: false },
    /** What was chosen for a question about a paper: [{id, name, percent, problems}]. */
    files: { type: Array, value: [] },
  },
  data: { picked: {}, count: 0, why: false, none: "" },
  observers: {
    ask(ask) {
      const picked = {};
      if (ask?.way === "several") for (const one of ask.options) picked[one.value] = one.on;
      this.setData({ picked, count: Object.values(picked).filter(Boolean).length, why: false, none: "" });
    },
  },
  methods: {
    choose(event) {
      const { value, label } = event.currentTarget.dataset;
      if (!this.data.busy) this.triggerEvent("choose", { value, label });
    },
    pick(event) {
      const { value } = event.currentTarget.dataset;
      const picked = { ...this.data.picked, [value]: !this.data.picked[value] };
      this.setData({ picked, count: Object.values(picked).filter(Boolean).length, none: "" });
    },
    picked() {
      const chosen = this.data.ask.options.filter((one) => this.data.picked[one.value]);
      if (this.data.busy) return;
      if (!chosen.length) this.setData({ none: t("picked_none") });
      else this.triggerEvent("choose", { value: chosen.map((one) => one.value), label: chosen.map((one) => one.label).join("、") });
    },
    day(event) {
      if (!this.data.busy) this.triggerEvent("say", { text: event.detail.value });
    },
    skip() {
      if (!this.data.busy) this.triggerEvent("say", { text: "跳过" });
    },
    photograph(event) {
      this.triggerEvent("photograph", { from: event.currentTarget.dataset.from ?? "camera" });
    },
    retake(event) {
      this.triggerEvent("remove", { id: event.currentTarget.dataset.id });
      this.triggerEvent("photograph", { from: "camera" });
    },
    table(event) {
      if (!this.data.busy) this.triggerEvent("say", { text: event.detail.text });
    },
    phone(event) {
      this.triggerEvent("phone", { code: event.detail.code ?? "" });
    },
    handin() {
      if (!this.data.busy) this.triggerEvent("handin");
    },
    remove(event) {
      this.triggerEvent("remove", { id: event.currentTarget.dataset.id });
    },
    toggle() {
      this.setData({ why: !this.data.why });
    },
  },
});

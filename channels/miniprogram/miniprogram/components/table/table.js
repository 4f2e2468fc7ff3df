/** A table on a phone: a card a row, one below the other. It answers with the whole table, as `say`. */
const { changed, control, tableText } = require("../../lib/fields");
const { t } = require("../../lib/words");

/** More at once would take a slow phone seconds to draw. */
const MOST_ROWS = 50;

Component({
  properties: { ask: { type: Object, value: null }, busy: { type: Boolean, value: false } },
  data: { rows: [], problem: "" },
  observers: {
    ask(ask) {
      if (!ask?.columns?.length) return;
      // the same question again, with an error say, keeps what she filled in beyond what the server took
      const held = Array.isArray(ask.value) && ask.value.length ? ask.value : [{}];
      if (ask.error && this.field === ask.field && this.data.rows.length >= held.length) return;
      this.field = ask.field;
      this.count = 0;
      this.setData({ rows: held.map((row) => this.row(row)), problem: "" });
    },
  },
  methods: {
    row(values) {
      this.count += 1;
      return { key: this.count, cells: this.data.ask.columns.map((column) => control(column, values[column.field])) };
    },
    change(event) {
      const place = event.currentTarget.dataset.row;
      const { at, given } = event.detail;
      const rows = this.data.rows.map((row, number) => (number === place ? { ...row, cells: row.cells.map((cell, index) => (index === at ? changed(cell, given) : cell)) } : row));
      this.setData({ rows, problem: "" });
    },
    add() {
      if (this.data.rows.length >= MOST_ROWS) this.setData({ problem: t("table_full", { count: MOST_ROWS }) });
      else this.setData({ rows: [...this.data.rows, this.row({})], problem: "" });
    },
    remove(event) {
      const rows = this.data.rows.filter((_, number) => number !== event.currentTarget.dataset.row);
      this.setData({ rows: rows.length ? rows : [this.row({})], problem: "" });
    },
    done() {
      if (this.data.busy) return;
      const { text, problem } = tableText(this.data.ask.columns, this.data.rows.map(({ cells }) => cells));
      this.setData({ problem });
      if (text) this.triggerEvent("say", { text });
    },
  },
});

/** A card staff sent, as `lib/staffcards` has it. What she does with it is told: given, photograph, remove, handin, fill, act, look. */
Component({
  properties: { card: { type: Object, value: null } },
  methods: {
    tell(event) {
      const { what, ...more } = event.currentTarget.dataset;
      this.triggerEvent(what, { ...more, id: this.data.card.id });
    },
    given(event) {
      this.triggerEvent("given", { ...event.detail, id: this.data.card.id });
    },
    no() {
      this.triggerEvent("act", { id: this.data.card.id, action: "no" });
    },
    undo() {
      this.triggerEvent("act", { id: this.data.card.id, action: "undo" });
    },
  },
});

/** Controls of a form, as `lib/fields` has them. A touch is told as `given {at, given}`; who holds them decides. */
Component({
  properties: { controls: { type: Array, value: [] }, busy: { type: Boolean, value: false } },
  methods: {
    write(event) {
      this.triggerEvent("given", { at: event.currentTarget.dataset.at, given: event.detail.value });
    },
    pick(event) {
      this.triggerEvent("given", { at: event.currentTarget.dataset.at, given: Number(event.detail.value) });
    },
    tick(event) {
      const { at, place } = event.currentTarget.dataset;
      this.triggerEvent("given", { at, given: place });
    },
  },
});

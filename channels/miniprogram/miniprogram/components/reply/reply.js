/** One reply as `lib/shown` has it. What a touch does is told to the page: say, choose, open. */
Component({
  properties: { reply: { type: Object, value: {} }, live: { type: Boolean, value: false } },
  data: { sources: false },
  methods: {
    say(event) {
      this.triggerEvent("say", { text: event.currentTarget.dataset.message });
    },
    choose(event) {
      const { value, label } = event.currentTarget.dataset;
      if (this.data.live) this.triggerEvent("choose", { value, label });
    },
    open() {
      const { url, name, mediaType } = this.data.reply;
      this.triggerEvent("open", { url, name, mediaType });
    },
    toggle() {
      this.setData({ sources: !this.data.sources });
    },
    copy(event) {
      // a mini-program opens no foreign pages: the address goes where she can paste it
      if (event.currentTarget.dataset.url) wx.setClipboardData({ data: event.currentTarget.dataset.url });
    },
  },
});

/* Runs before the first paint so that a chosen look never flashes in late. A classic script: modules are deferred. */
(function () {
  "use strict";
  var root = document.documentElement;
  function read(key) {
    try { return window.localStorage.getItem("bandao.chat." + key); } catch (error) { return null; }
  }
  var theme = read("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (read("care") === "on") root.dataset.care = "on";
  var locale = read("locale");
  if (locale === "zh-CN" || locale === "zh-Hant" || locale === "en") root.lang = locale;
})();

/* The server-rendered pages: the look chosen on the chat page, before the first paint, and the buttons that need a script. */
(function () {
  "use strict";
  var root = document.documentElement;
  function read(key) {
    try { return window.localStorage.getItem("bandao.chat." + key); } catch (error) { return null; }
  }
  function keep(key, value) {
    try { window.localStorage.setItem("bandao.chat." + key, value); } catch (error) { /* for as long as the page is open */ }
  }
  var theme = read("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (read("care") === "on") root.dataset.care = "on";

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  document.addEventListener("DOMContentLoaded", function () {
    var care = document.getElementById("care");
    var dark = document.getElementById("theme");
    var print = document.getElementById("print");
    function show() {
      care.setAttribute("aria-pressed", String(root.dataset.care === "on"));
      dark.setAttribute("aria-pressed", String(isDark()));
    }
    care.addEventListener("click", function () {
      if (root.dataset.care === "on") delete root.dataset.care;
      else root.dataset.care = "on";
      keep("care", root.dataset.care || "off");
      show();
    });
    dark.addEventListener("click", function () {
      root.dataset.theme = isDark() ? "light" : "dark";
      keep("theme", root.dataset.theme);
      show();
    });
    show();
    care.hidden = dark.hidden = false;
    if (!print) return;
    print.hidden = false;
    print.addEventListener("click", function () { window.print(); });
  });
  // What is folded is printed too, and folded again afterwards.
  var unfolded = [];
  window.addEventListener("beforeprint", function () {
    unfolded = Array.from(document.querySelectorAll("details:not([open])"));
    unfolded.forEach(function (element) { element.open = true; });
  });
  window.addEventListener("afterprint", function () {
    unfolded.forEach(function (element) { element.open = false; });
  });
})();

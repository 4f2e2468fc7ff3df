/* Runs before the first paint so that a chosen look never flashes in late. A classic script: modules are deferred. */
(function () {
  "use strict";
  try {
    var theme = window.localStorage.getItem("bandao.console.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) { /* without storage the system's look is used */ }
})();

/* The verification page: a file's SHA-256 is worked out here and compared with the one shown. The file goes nowhere. */
(function () {
  "use strict";
  var part = document.getElementById("compare-part");
  if (!part) return;
  var file = document.getElementById("file");
  var drop = document.getElementById("drop");
  var verdict = document.getElementById("verdict");
  var latest = 0;
  part.hidden = false;

  function say(kind, words) {
    verdict.hidden = false;
    verdict.className = "standing " + kind;
    verdict.textContent = words;
  }
  function hex(buffer) {
    return Array.from(new Uint8Array(buffer), function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }
  function compare(chosen) {
    if (!chosen) return;
    var mine = ++latest;
    // Browsers give pages opened over plain http no hash functions.
    if (!window.crypto || !window.crypto.subtle) { say("expired", part.dataset.cannot); return; }
    say("", part.dataset.busy);
    chosen.arrayBuffer().then(function (bytes) { return window.crypto.subtle.digest("SHA-256", bytes); }).then(function (digest) {
      if (mine !== latest) return;
      if (hex(digest) === part.dataset.sha256) say("valid", part.dataset.same);
      else say("withdrawn", part.dataset.other);
    }).catch(function () { if (mine === latest) say("expired", part.dataset.cannot); });
  }
  file.addEventListener("change", function () { compare(file.files[0]); });
  ["dragenter", "dragover"].forEach(function (name) {
    drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("over"); });
  });
  drop.addEventListener("dragleave", function () { drop.classList.remove("over"); });
  drop.addEventListener("drop", function (event) {
    event.preventDefault();
    drop.classList.remove("over");
    compare(event.dataTransfer.files[0]);
  });
})();

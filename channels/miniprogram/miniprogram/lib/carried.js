/** The number of the case a QR code of ours carries, or "": they hold an address with `case=` or the number itself. */
const NUMBER = /^BD[0-9A-Z]{8,40}$/;

/** @param {string} text what was scanned @returns {string} */
function carriedBy(text) {
  const plain = text.trim();
  if (NUMBER.test(plain)) return plain;
  const found = /[?&#/](?:case(?:_no)?=|progress\/|cases\/)?(BD[0-9A-Z]{8,40})(?:[&#/?]|$)/.exec(plain) ?? /[?&#]case=(BD[0-9A-Z]{8,40})/.exec(plain);
  return found ? found[1] : "";
}

module.exports = { carriedBy };

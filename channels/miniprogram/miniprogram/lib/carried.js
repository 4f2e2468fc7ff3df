/**
 * What a QR code of ours carries: the number of a case, in an address with `case=` or alone, and the resume code where the address
 * ends in `#resume=`. The code alone opens nothing: the last four of the identity number belong to it.
 */
const NUMBER = /^BD[0-9A-Z]{8,40}$/;

/** @param {string} text what was scanned @returns {{ no: string, code: string }} `no` is empty where it is none of ours */
function carriedBy(text) {
  const plain = text.trim();
  if (NUMBER.test(plain)) return { no: plain, code: "" };
  const found = /[?&#/](?:case(?:_no)?=|progress\/|cases\/)?(BD[0-9A-Z]{8,40})(?:[&#/?]|$)/.exec(plain) ?? /[?&#]case=(BD[0-9A-Z]{8,40})/.exec(plain);
  const code = /[#&]resume=([0-9A-Za-z]{4,20})(?:&|$)/.exec(plain);
  return found ? { no: found[1], code: code ? code[1] : "" } : { no: "", code: "" };
}

module.exports = { carriedBy };

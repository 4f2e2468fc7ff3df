/** What a scanned code is: ours of a case, a resume code, a business licence's, or nothing for us. Pure. */

const CASE = /\bBD[0-9]{8}[0-9A-Z-]{4,20}\b/;
const RESUME = /^[2-9A-HJ-NP-Z]{6}$/;
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** Whether a unified social credit code's last character is right (GB 32100). */
export function creditCode(code) {
  const places = [...code].map((sign) => ALPHABET.indexOf(sign));
  if (code.length !== 18 || places.includes(-1)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * places[at], 0);
  return (31 - (sum % 31)) % 31 === places[17];
}

/** `ours` are the addresses whose codes are ours. → {kind: "case", number, code} | {kind: "resume", code} | {kind: "licence", number} | null */
export function readCode(text, ours) {
  const plain = text.trim();
  let address = null;
  try {
    address = new URL(plain);
  } catch { /* no address: a bare number or code */ }
  if (address) {
    const number = address.searchParams.get("case") ?? "";
    const code = new URLSearchParams(address.hash.slice(1)).get("resume") ?? "";
    if (ours.includes(address.origin) && CASE.exec(number)?.[0] === number) return { kind: "case", number, code: RESUME.test(code) ? code : "" };
  } else if (CASE.exec(plain.toUpperCase())?.[0] === plain.toUpperCase()) return { kind: "case", number: plain.toUpperCase(), code: "" };
  else if (RESUME.test(plain.toUpperCase())) return { kind: "resume", code: plain.toUpperCase() };
  const licence = (plain.toUpperCase().match(/(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])/g) ?? []).find(creditCode);
  return licence ? { kind: "licence", number: licence } : null;
}

// What a code says by its form alone: the rules of wms/domain/codes.py that a page needs before the server has judged.

const OWN = { L: 7, T: 6, C: 4, O: 9, B: 9, X: 3, P: 9, S: 3, D: 3, R: 8, K: 3 }; // letter -> digits, the check digit included

/** GS1's check digit: from the right, digits weigh 1, 3, 1, 3 ... and come to a multiple of ten. */
function hasCheckDigit(digits) {
  const total = [...digits].reverse().reduce((sum, digit, place) => sum + digit * (place % 2 ? 3 : 1), 0);
  return total % 10 === 0;
}

/** Both sides compare codes like this: trimmed, upper case, symbology prefix off, product numbers as 14 digits. */
export function normal(raw) {
  const code = raw.trim().toUpperCase().replace(/^\][A-Z]\d/, "");
  return /^(\d{8}|\d{12,14})$/.test(code) ? code.padStart(14, "0") : code;
}

/** Whether a code is one of our own labels; they are scanned once a step. */
export function isOwn(code) {
  const [, letter, digits] = /^([A-Z])(\d+)$/.exec(normal(code)) ?? [];
  if (letter === "N") return digits.length <= 5;
  if (letter === "C" && digits.length === 6) return hasCheckDigit(digits.slice(0, 4)); // a place on a cart
  return letter in OWN && digits.length === OWN[letter] && hasCheckDigit(digits);
}

const isProduct = (code) => /^\d{14}$/.test(normal(code)) && hasCheckDigit(normal(code));

/** Whether a code is whole by its form: one of ours, or a product's number. */
export const isWhole = (code) => isOwn(code) || isProduct(code);

/** Whether a code begins as GS1's do: with the product's number, after the symbology prefix. */
const isGs1 = (code) => /^01\d{14}/.test(normal(code)) && hasCheckDigit(normal(code).slice(2, 16));

/** A scanner with two outputs switched on sends a code twice in one: take it once, where the pair can be no code itself. */
export function once(code, accepts = []) {
  const half = code.slice(0, code.length / 2);
  const means = (text) => isWhole(text) || accepts.includes(normal(text));
  if (half + half !== code) return code;
  return isGs1(half) || (means(half) && !means(code)) ? half : code;
}

// Numbers as they are shown.

export function fixed(number, digits) {
  return number === undefined || Number.isNaN(number) ? 'not measured' : number.toFixed(digits);
}

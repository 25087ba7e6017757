// Numbers as they are shown.

export function fixed(number, digits) {
  return number === undefined || Number.isNaN(number) ? 'not measured' : number.toFixed(digits);
}

/** A number with its unit. */
export function amount(measured, unit) {
  if (!Number.isFinite(measured)) return 'not measured';
  const digits = Number.isInteger(measured) || Math.abs(measured) >= 100 ? 0 : 2;
  return `${fixed(measured, digits)} ${unit}`.trim();
}

// What was promised, beside what was measured.

/** A budget is `bound`, which the number may not exceed, or `atLeast`, which it must reach. */
export function judge({ what, bound, atLeast, unit, measured }) {
  const known = Number.isFinite(measured);
  const met = known ? (atLeast === undefined ? measured <= bound : measured >= atLeast) : undefined;
  return { what, bound: atLeast === undefined ? `at most ${bound} ${unit}`.trim() : `at least ${atLeast} ${unit}`.trim(), measured, unit, met };
}

// Medians, and ratios to the bare pass-through of the same round.

export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Each round has the same members; the answer has the median of each. */
export function medians(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, median(rounds.map((round) => round[key]))]));
}

/** The ratio is taken in each round, whose two halves had the same machine to themselves, and only then the median. */
export function ratio(rounds, reference, key) {
  return median(rounds.map((round, index) => round[key] / reference[index][key]));
}

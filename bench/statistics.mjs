// Medians, and ratios to another side of the same round.

export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Each round has the same members; the answer has the median of each. */
export function medians(rounds) {
  return ofEach(rounds, (key) => rounds.map((round) => round[key]));
}

/** The ratio is taken in each round, whose sides had the same machine, and only then the median. */
export function ratios(rounds, reference) {
  return ofEach(rounds, (key) => rounds.map((round, index) => round[key] / reference[index][key]));
}

function ofEach(rounds, numbers) {
  return Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, median(numbers(key))]));
}

export function percentile(numbers, percent) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)];
}

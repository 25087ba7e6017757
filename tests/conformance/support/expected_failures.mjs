// What is known to fail, in the suite's own form: https://www.npmjs.com/package/@modelcontextprotocol/conformance, "Expected Failures".

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';

export const EXPECTED_FAILURES = fileURLToPath(new URL('../expected-failures.yml', import.meta.url));

/** The entries of each list, with the reason that stands behind each. */
export function expectedFailures() {
  const { contents } = parseDocument(readFileSync(EXPECTED_FAILURES, 'utf8'));
  return Object.fromEntries(
    contents.items.map(({ key, value }) => [key.value, value.items.map((item) => ({ entry: item.value, reason: item.comment?.trim() }))]),
  );
}

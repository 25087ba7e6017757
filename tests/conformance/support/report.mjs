// The tables at the end of the log.

/** A table of counts, a row for each run; a row's label is what of it is no count. */
export function report(title, rows) {
  const labelled = rows.map((row) => {
    const members = Object.entries(row);
    const label = members.filter(([, value]) => typeof value === 'string').map(([, value]) => value);
    return [label.join(', '), Object.fromEntries(members.filter(([, value]) => typeof value === 'number'))];
  });
  console.log(`\n${title}`);
  console.table(Object.fromEntries(labelled.sort(([one], [other]) => one.localeCompare(other))));
}

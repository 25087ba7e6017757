// What Linux tells of workerd's process.
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_A_SECOND = 100;

/** The id of the workerd that was started by this process, or undefined where there is no /proc. */
export function workerdOf(parent) {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(statOf)
      .find((stat) => stat?.name.startsWith('workerd') && stat.parent === parent)?.pid;
  } catch {
    return undefined;
  }
}

/** Seconds of processor time so far, of all its threads. */
export function cpuSeconds(pid) {
  return statOf(pid).ticks / TICKS_A_SECOND;
}

function statOf(pid) {
  try {
    const [, name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\((.*)\) (.*)$/s);
    const fields = rest.split(' ');
    return { pid: Number(pid), name, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

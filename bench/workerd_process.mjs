// What Linux tells of workerd's process; elsewhere nothing is told, and what needs it is not measured.
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

/** What `act` answers, and the seconds of workerd's processor time meanwhile. */
export async function during(pid, act) {
  const before = cpuSeconds(pid);
  const answer = await act();
  return { answer, cpu: cpuSeconds(pid) - before };
}

/** Adds `cpu` to what `measure` answers: milliseconds of workerd's processor time for each of its `count`. */
export async function withCpu(pid, measure) {
  if (pid === undefined) return measure();
  const { answer, cpu } = await during(pid, measure);
  return { ...answer, cpu: (cpu * 1000) / answer.count };
}

/** Seconds of processor time so far, of all its threads. */
function cpuSeconds(pid) {
  return statOf(pid).ticks / TICKS_A_SECOND;
}

/** Bytes of memory that are its own, and its share of what it has in common with others. */
export function memoryOf(pid) {
  const [, kilobytes] = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+) kB$/m);
  return Number(kilobytes) * 1024;
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

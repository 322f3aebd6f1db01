// What the machine says about processes: exactly which one is meant, and what it holds.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly kilobytes: number;
  readonly name: string;
}

/** The one child of that name; SIGKILL to a number that was guessed could end a stranger. */
export function childNamed(parent: number, name: string): number {
  const children = rows().filter((row) => row.parent === parent && row.name === name);
  const [child, ...others] = children;
  if (child === undefined || others.length > 0) {
    throw new Error(`process ${parent} has ${children.length} children named ${name}`);
  }
  return child.pid;
}

/** Resident memory of a process. */
export function residentBytes(pid: number): number {
  const row = rows().find((row) => row.pid === pid);
  if (row === undefined) throw new Error(`there is no process ${pid}`);
  return row.kilobytes * 1024;
}

/** Time that a process has computed, of its own and of the system for it. */
export function cpuMs(pid: number): number {
  if (existsSync('/proc/self/stat')) {
    // Its name, in brackets, may hold spaces; user and system time are the 12th and 13th after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // The kernel counts in hundredths of a second wherever Node runs.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }
  const time = execFileSync('ps', ['-o', 'time=', '-p', `${pid}`], { encoding: 'utf8' }).trim();
  const [seconds = 0, minutes = 0, hours = 0] = time.split(':').reverse().map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}

function rows(): Row[] {
  return existsSync('/proc/self/status') ? rowsOfProc() : rowsOfPs();
}

function rowsOfProc(): Row[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const field = (name: string) => status.match(new RegExp(`^${name}:\\s+(\\S+)`, 'm'))?.[1];
      const kilobytes = Number(field('VmRSS') ?? 0);
      const parent = Number(field('PPid'));
      return [{ pid: Number(pid), parent, kilobytes, name: field('Name') ?? '' }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

function rowsOfPs(): Row[] {
  const listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,comm='], { encoding: 'utf8' });
  return listing
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, kilobytes, ...name] = line.trim().split(/\s+/);
      return {
        pid: Number(pid),
        parent: Number(parent),
        kilobytes: Number(kilobytes),
        name: basename(name.join(' ')),
      };
    });
}

import type { RunEvent } from '../../../src/engine/events.js';
import { liveReporter } from '../../../src/report/live/live.js';

/*
 * Shows a run that never was in the live view: `hosts` hosts, `tasks` tasks of `milliseconds` each. Its last line says how
 * long it took.
 */
const [hosts = 3, tasks = 3, milliseconds = 100] = process.argv.slice(2).map(Number);
const names = Array.from({ length: hosts }, (_, index) => `web${index + 1}`);
const zero = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, kept: 0, unknown: 0 };
const play = 'registries';
const before = process.cpuUsage();
const started = performance.now();
const reporter = liveReporter({
  write: (text) => void process.stdout.write(text),
  color: process.env.NO_COLOR === undefined,
  verbosity: 0,
  diff: true,
  columns: process.stdout.columns,
  cwd: '/',
});

const say = (event: RunEvent) => reporter.onEvent(event);
const time = () => new Date().toISOString();
const sleep = () => new Promise((resolve) => setTimeout(resolve, milliseconds / 2));

async function work(host: string): Promise<void> {
  say({ event: 'host-start', time: time(), host, play });
  for (let index = 1; index <= tasks; index += 1) {
    const task = { host, play, role: 'image-sync', task: `images ${index}`, index, handler: false };
    say({ event: 'task-start', time: time(), ...task });
    await sleep();
    say({ event: 'task-line', time: time(), ...task, line: `layer ${index} pulled` });
    await sleep();
    const outcome = index === tasks ? 'changed' : 'ok';
    say({ event: 'task-end', time: time(), ...task, outcome, summary: 'synced', seconds: 1 });
  }
  say({ event: 'host-end', time: time(), host, play });
}

say({ event: 'run-start', time: time(), check: false, hosts: names });
say({ event: 'play-start', time: time(), play, hosts: names });
await Promise.all(names.map(work));
await reporter.end({
  report: 1,
  check: false,
  exitStatus: 0,
  seconds: 1,
  interrupted: false,
  hosts: Object.fromEntries(names.map((host) => [host, { ...zero, ok: tasks, changed: 1, seconds: 1 }])),
});
const { user, system } = process.cpuUsage(before);
const took = Math.round(performance.now() - started);
process.stdout.write(`took ${took} ms, ${Math.round((user + system) / 1000)} ms of CPU\n`);

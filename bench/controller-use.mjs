/*
 * Loaded into a measured process before its own program. On SIGUSR2 it notes the memory that is in use once all garbage
 * is collected; at the end it writes the figures to the file that PROVISION_BENCH_USE names.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let heap;
let collecting = 0;
process.on('SIGUSR2', () => {
  const before = process.cpuUsage();
  globalThis.gc();
  heap ??= process.memoryUsage().heapUsed;
  const { user, system } = process.cpuUsage(before);
  collecting += user + system;
});
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const cpu = (user + system - collecting) / 1000;
  const rss = process.resourceUsage().maxRSS / 1024;
  const use = { cpu, rss, heap: heap === undefined ? undefined : heap / 1048576, stall: delay.max / 1e6 };
  writeFileSync(process.env.PROVISION_BENCH_USE, JSON.stringify(use));
});

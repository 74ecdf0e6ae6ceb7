import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Gauge } from 'prom-client';

/** Maker of a gauge that is measured whenever it is read. */
export type MakeGauge = <Label extends string>(
  name: string,
  help: string,
  labelNames: Label[],
  collect: () => unknown,
) => Gauge<Label>;

/** Adds what the process itself uses. @returns ends the measuring */
export function addProcessGauges(gauge: MakeGauge): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const simple = (name: string, help: string, value: () => number) => {
    const made: Gauge = gauge(name, help, [], () => made.set(value()));
  };
  const lag = gauge(
    'provision_event_loop_lag_seconds',
    'Delay of the event loop since the last reading: mean, 99th percentile, longest',
    ['quantile'],
    () => {
      const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0);
      lag.set({ quantile: 'mean' }, seconds(delay.mean));
      lag.set({ quantile: '0.99' }, seconds(delay.percentile(99)));
      lag.set({ quantile: '1' }, seconds(delay.max));
      delay.reset();
    },
  );
  simple('process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
  simple('process_heap_bytes', 'Memory of its objects', () => process.memoryUsage().heapUsed);
  simple('process_cpu_seconds_total', 'Processor time of the process', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  simple('process_start_time_seconds', 'Start of the process, seconds since 1970', () => performance.timeOrigin / 1000);
  return () => delay.disable();
}

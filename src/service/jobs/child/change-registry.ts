import { dirname } from 'node:path';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import type { RunEvent } from '../../../engine/events.js';
import { usedPorts } from '../../../library/hosts/used-ports.js';
import { readRegistries } from '../../../library/registries/read-registries.js';
import { writeRegistry } from '../../../library/registries/write-registry.js';
import type { ChildRequest, JobEnd } from './child-request.js';
import { jobSession, runSession } from './job-session.js';
import { PlanDigest } from './plan-digest.js';
import { changedRegistries, type NamedChange, registriesAfter } from './registry-change.js';
import { hostResults, runResult } from './result-of.js';

/** Ports of registries that are chosen, as the older server had them. */
const firstPort = 5000;
const lastPort = 5999;

type RegistryWork = Extract<ChildRequest, { work: 'registry' }>;
type JobResult = Omit<JobEnd, 'event' | 'time'>;

/**
 * Changes a registry: `registries.yaml` first, then its host as that file says. Where the host can't be brought there, file and
 * host go back to what they were. In check mode neither is touched.
 */
export async function changeRegistry(
  request: RegistryWork,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<JobResult> {
  const { site, run } = request;
  const folder = dirname(site.site);
  const change = await completeChange(request, folder);
  const { host, name } = change;
  const { former, wanted, after } = changedRegistries(folder, change);
  const say = (level: 'info' | 'warning', text: string) =>
    onEvent({ event: 'message', time: new Date().toISOString(), level, text, host });
  const digest = new PlanDigest();
  let firstFailure: string | undefined;
  const work = async (registries: typeof after) => {
    const session = jobSession({ site, run: { ...run, limit: host }, registries });
    const { plays } = await session.load();
    await session.findPasswords(plays);
    session.reportTo({
      onEvent: (event) => {
        digest.take(event);
        if (event.event === 'task-end' && event.outcome === 'failed')
          firstFailure ??= `${event.task}: ${event.summary}`;
        onEvent(event);
      },
      end: () => {},
    });
    return await session.run(plays, { signal });
  };
  if (run.check) {
    const report = await work(after);
    return { result: runResult(report), hosts: hostResults(report), plan: digest.digest(), registry: name };
  }
  await writeRegistry(folder, host, name, wanted);
  const report = await attempt(() => work(after));
  const result = report instanceof Error ? 'failed' : runResult(report);
  if (result === 'ok' || result === 'changed') {
    if (change.operation === 'delete') await writeRegistry(folder, host, name, undefined);
    return { result, ...hostsOf(report), registry: name };
  }
  const why = report instanceof Error ? report.message : firstFailure;
  // A delete that failed is wanted all the same: the next run of the site goes on with it.
  if (change.operation === 'delete') return { result, ...hostsOf(report), problem: why, registry: name };
  say('warning', `${name} goes back to what it was`);
  const back = former ?? { ...wanted, state: 'absent' as const };
  await writeRegistry(folder, host, name, back);
  const returned = await attempt(async () => {
    const session = jobSession({
      site,
      run: { ...run, limit: host },
      registries: changedRegistries(folder, { ...change, operation: 'change', registry: back }).after,
    });
    return await runSession(session, onEvent, new AbortController().signal);
  });
  if (former === undefined) await writeRegistry(folder, host, name, undefined);
  const isBack = !(returned instanceof Error) && ['ok', 'changed'].includes(runResult(returned));
  const outcome = isBack ? `${name} is as it was before` : `${name} could not be brought back to what it was`;
  return { result, ...hostsOf(report), problem: why === undefined ? outcome : `${why}; ${outcome}`, registry: name };
}

function hostsOf(report: Awaited<ReturnType<typeof runSession>> | Error): Pick<JobResult, 'hosts'> {
  return report instanceof Error ? {} : { hosts: hostResults(report) };
}

async function attempt<Result>(work: () => Promise<Result>): Promise<Result | Error> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Finds a free port where none is given, and the name that goes with it. @throws Error where none is left */
async function completeChange({ change, site, run }: RegistryWork, folder: string): Promise<NamedChange> {
  const { registry, host } = change;
  if (registry === undefined || registry.port !== 0) {
    return { ...change, name: change.name ?? `registry${String(registry?.port)}` };
  }
  const diagnostics = new Diagnostics();
  const all = readRegistries(folder, diagnostics, undefined, 'change') ?? [];
  diagnostics.throwIfAny();
  // The site may be whole with the registry alone: where its shares are those of versions, and no other registry has one.
  const session = jobSession({ site, run: { ...run, limit: host }, registries: registriesAfter(folder, change) });
  const { plays } = await session.load();
  await session.findPasswords(plays);
  const found = plays.flatMap((play) => play.hosts).find(({ name }) => name === host);
  if (found === undefined) throw new Error(`no play of the site has the host ${host}`);
  const used = new Set(await usedPorts(host, session.withPasswords(found.settings)));
  for (const { port } of all.find((each) => each.host === host)?.registries ?? []) used.add(port);
  const taken = new Set(all.flatMap(({ registries }) => registries.map(({ name }) => name)));
  for (let port = firstPort; port <= lastPort; port += 1) {
    const name = change.name ?? `registry${port}`;
    if (used.has(port) || (change.name === undefined && taken.has(name))) continue;
    return { ...change, name, registry: { ...registry, port } };
  }
  throw new Error(`${host} has no free port from ${firstPort} to ${lastPort}`);
}

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { serveRegistry } from '../../../src/registry/server/serve.js';
import { Seeded } from '../../registry/proxy/seeded.js';
import { freePort } from '../../registry/proxy/start-registry.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

const anna = ['anna', 'correct horse battery'] as const;
const basic = { Authorization: `Basic ${btoa(anna.join(':'))}` };
const json = { ...basic, 'Content-Type': 'application/json' };
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const hosts = ['web1', 'web2', 'web3', 'web4'];
/** Tasks of a job's run: each takes a moment. */
const tasks = 4;

export interface ServiceKillOptions {
  /** Empty folder to work in. */
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  /** Address of an empty database; default: SQLite. */
  readonly database?: string | undefined;
}

/** Counts of what was done, and whatever was not as it must be. */
export interface ServiceKillCounts {
  readonly kills: number;
  /** Processes of jobs that were killed. */
  readonly jobKills: number;
  readonly pushes: number;
  readonly pulls: number;
  /** Logins that were answered, and tries. */
  readonly logins: number;
  readonly loginTries: number;
  /** Jobs that were answered, tries, and the results of all that are there. */
  readonly jobs: number;
  readonly jobTries: number;
  readonly results: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

/**
 * Kills a service (-9) again and again while clients ask for tokens, a registry sends notifications, and jobs run, whose processes are
 * killed now and then as well. What it answered must be there, what it was told must be there once, and every job must end.
 */
export async function serviceKills({ folder, kills, seed, database }: ServiceKillOptions): Promise<ServiceKillCounts> {
  const faults: string[] = [];
  const check = (isRight: boolean, what: string) => {
    if (!isRight) faults.push(what);
  };
  const random = new Seeded(seed);
  writeSite(folder);
  const config = {
    state: join(folder, 'state'),
    listen: `127.0.0.1:${await freePort()}`,
    registry: false,
    registries: [{ name: 'prod', host: `127.0.0.1:${await freePort()}` }],
    reconcile_every: 86_400,
    requests_per_second: 10_000,
    requests_burst: 10_000,
    site: join(folder, 'site.ts'),
    inventory: [join(folder, 'inventory.yaml')],
    ...(database === undefined ? {} : { database }),
  };
  const start = () => startServiceProcess(join(folder, 'service.json'), config);
  let service = await start();
  const get: Get = async (path) => await read(`${service.url}${path}`);
  const byToken = await firstAccount(service);
  const registry = await serveRegistry({
    dir: join(folder, 'registry'),
    notifications: {
      folder: join(folder, 'queue'),
      mostBytes: 64 << 20,
      endpoints: [await endpointOf(get)],
    },
  });

  let over = false;
  const pushed = new Map<string, string>();
  let pulls = 0;
  const pushing = async () => {
    for (let count = 0; !over; count += 1) {
      const digest = await push(registry.url, String(count));
      pushed.set(String(count), digest);
      const pull = await fetch(`${registry.url}/v2/team/app/manifests/${count}`, { headers: { Accept: manifestType } });
      await pull.arrayBuffer();
      pulls += 1;
      await pause(60);
    }
  };

  const logins: string[] = [];
  let loginTries = 0;
  const loggingIn = async () => {
    while (!over) {
      loginTries += 1;
      const path = `${service.url}/token?service=prod&offline_token=true&client_id=killed`;
      const answer = await answerOrNone(path, { headers: byToken });
      if (answer === undefined)
        await pause(20); // It is not there at the moment.
      else if (answer.status === 200) logins.push(answer.body.refresh_token);
      else faults.push(`a login was answered by ${answer.status}`);
      await pause(10);
    }
  };

  /** Jobs that were answered, by their ids, and the words that all were asked for with. */
  const jobs = new Map<string, AskedJob>();
  const cancelled = new Set<string>();
  let jobTries = 0;
  const startingJobs = async (name: string) => {
    const own = new Seeded(seed + name.length);
    while (!over) {
      jobTries += 1;
      const word = `${name}-${jobTries}`;
      const limit = hosts.filter(() => own.next() < 0.4).join(',') || 'web1';
      const body = JSON.stringify({ kind: 'provision', limit, variables: { word }, reason: word });
      const answer = await answerOrNone(`${service.url}/api/v1/jobs`, {
        method: 'POST',
        headers: { ...json, ...byToken },
        body,
      });
      if (answer === undefined) await pause(50);
      else if (answer.status !== 202)
        faults.push(`a job was answered by ${answer.status}: ${JSON.stringify(answer.body)}`);
      else {
        jobs.set(answer.body.id, { word, limit: limit.split(',') });
        await pause(own.next() * 1500);
        if (own.next() < 0.1) {
          cancelled.add(answer.body.id);
          const path = `${service.url}/api/v1/jobs/${answer.body.id}/cancel`;
          await answerOrNone(path, { method: 'POST', headers: { ...json, ...byToken } });
        }
      }
    }
  };

  const work = [pushing(), loggingIn(), loggingIn(), startingJobs('a'), startingJobs('bb')];
  const killedJobs = new Set<string>();
  try {
    for (let count = 0; count < kills; count += 1) {
      // Every third time with a job that has just been asked for.
      const before = jobs.size;
      if (count % 3 === 0) await soon(async () => jobs.size > before, 10);
      await pause(random.next() * 2500);
      if (random.next() < 0.25) {
        const id = killJob(join(folder, 'state/jobs'));
        if (id !== undefined) killedJobs.add(id);
      }
      await service.end('SIGKILL');
      service = await start();
    }
    await pause(300);
  } catch (error) {
    over = true;
    await Promise.allSettled(work);
    await registry.close();
    throw error;
  }
  over = true;
  await Promise.all(work);

  await checkImages();
  await checkLogins();
  const results = await checkJobs();
  await registry.close();
  await service.end('SIGTERM');
  return {
    kills,
    jobKills: killedJobs.size,
    pushes: pushed.size,
    pulls,
    logins: logins.length,
    loginTries,
    jobs: jobs.size,
    jobTries,
    results,
    faults,
  };

  async function checkImages(): Promise<void> {
    await soon(async () => (await allTags(get)).size === pushed.size);
    const tags = await allTags(get);
    for (const [tag, digest] of pushed)
      check(tags.get(tag) === digest, `the tag ${tag} is ${tags.get(tag)}, not ${digest}`);
    check(tags.size === pushed.size, `${tags.size} tags, ${pushed.size} pushes`);
    for (const [tag, digest] of pushed) {
      const { items } = await get(`/api/v1/registries/prod/repositories/team%2Fapp/tags/${tag}/history`);
      check(items.length === 1 && items[0].digest === digest, `the history of ${tag} has ${items.length} pushes`);
    }
    const counted = async () => (await get('/api/v1/registries/prod/repositories/team%2Fapp')).pullCount;
    await soon(async () => (await counted()) === pulls);
    const count = await counted();
    check(count === pulls, `${count} pulls are counted, ${pulls} were made`);
  }

  async function checkLogins(): Promise<void> {
    const kept = await everything(get, '/api/v1/logins');
    check(kept.length >= logins.length, `${kept.length} logins are kept, ${logins.length} were answered`);
    check(kept.length <= loginTries, `${kept.length} logins are kept, ${loginTries} were asked for`);
    check(new Set(logins).size === logins.length, 'two logins have one token');
    for (const refresh of logins) {
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refresh,
        service: 'prod',
        scope: '',
      });
      const { status } = await fetch(`${service.url}/token`, { method: 'POST', body: form });
      check(status === 200, `a login that was answered is refused by ${status}`);
    }
    const audited = await everything(get, '/api/v1/audit?verb=login&actor=anna');
    check(audited.length >= logins.length, `${audited.length} logins are in the audit, ${logins.length} were answered`);
    check(audited.length <= loginTries, `${audited.length} logins are in the audit, ${loginTries} were asked for`);
  }

  async function checkJobs(): Promise<Record<string, number>> {
    await soon(async () => (await get('/api/v1/jobs?state=open&limit=1')).items.length === 0);
    const all = await everything(get, '/api/v1/jobs?kind=provision');
    const byId = new Map(all.map((job) => [job.id, job]));
    for (const id of jobs.keys()) check(byId.has(id), `the job ${id} was answered and is not there`);
    check(new Set(all.map(({ reason }) => reason)).size === all.length, 'a job that was asked for once is there twice');
    const begun = textOf(join(folder, 'begun'))
      .split('\n')
      .filter((line) => line !== '');
    const times = new Map<string, number>();
    for (const id of begun) times.set(id, (times.get(id) ?? 0) + 1);
    const results: Record<string, number> = {};
    for (const job of all) {
      const { id, state, result, problem } = job;
      results[String(result)] = (results[String(result)] ?? 0) + 1;
      const is = `the job ${id} (${result}: ${problem})`;
      check(state === 'done', `${is} is ${state} for ever`);
      check((times.get(id) ?? 0) <= 1, `${is} has begun ${times.get(id)} times`);
      if (result === 'lost') check(killedJobs.has(id), `${is} is lost, and its process was not killed`);
      else if (result === 'cancelled') check(cancelled.has(id), `${is} is cancelled, which nobody asked for`);
      else await checkWork(job, result);
    }
    const { items } = await get('/api/v1/jobs?state=open');
    check(items.length === 0, `${items.length} jobs have not ended`);
    // No host is kept by what has ended.
    const body = JSON.stringify({ kind: 'provision', variables: { word: 'last' } });
    const last = await fetch(`${service.url}/api/v1/jobs`, {
      method: 'POST',
      headers: { ...json, Prefer: 'wait=60' },
      body,
    });
    const { result } = (await last.json()) as Answer;
    check(result === 'changed', `a job after all of them is ${result}`);
    return results;
  }

  /** Checks that a job has done its work, and that its events are there, each once. */
  async function checkWork({ id, hosts: ofJob, reason }: Answer, result: string): Promise<void> {
    check(result === 'changed', `the job ${id} is ${result}`);
    for (const host of ofJob) {
      const there = Array.from({ length: tasks }, (_, at) => textOf(join(folder, host, `done/${reason}-${at}`)));
      check(
        there.every((text) => text === 'x'),
        `the job ${id} is ${result} and has not changed all of ${host}`,
      );
    }
    const events: Answer[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: Answer = await get(`/api/v1/jobs/${id}/events?limit=100&after=${after}`);
      events.push(...page.items);
      after = page.next;
    }
    check(
      events.every(({ sequence }, at) => sequence === at + 1),
      `the events of the job ${id} are not numbered from 1`,
    );
    const ends = events.filter(({ event }) => event.event === 'job-end').length;
    check(ends === 1 && events.at(-1)?.event.event === 'job-end', `the job ${id} has ${ends} last events`);
    const changed = events.filter(({ event }) => event.event === 'task-end' && event.outcome === 'changed').length;
    check(changed === tasks * ofJob.length, `the job ${id} tells of ${changed} changes`);
  }
}

interface AskedJob {
  readonly word: string;
  readonly limit: readonly string[];
}

/** Writes a site whose runs tell a file that they have begun: each job must be there once. */
function writeSite(folder: string): void {
  writeFileSync(
    join(folder, 'site.ts'),
    `import { appendFileSync } from 'node:fs';
import { defineRole, defineSite, file, use } from 'registry-provision';
import { z } from 'zod';
const job = process.argv.at(-1);
if (job !== 'look') appendFileSync(${JSON.stringify(join(folder, 'begun'))}, job + '\\n');
const done = defineRole({
  name: 'done',
  summary: 'Files that tell what a job has done',
  vars: z.object({ word: z.string().default('none') }),
  tasks: ({ vars }) =>
    Array.from({ length: ${tasks} }, (_, at) => file({ path: '/done/' + vars.word + '-' + at, content: 'x' })),
});
export default defineSite([{ name: 'all', hosts: 'all', gather_facts: false, roles: [use(done)] }]);
`,
  );
  const folders = hosts.map((host) => [host, { connection: 'local', root: join(folder, host) }]);
  for (const host of hosts) mkdirSync(join(folder, host));
  writeFileSync(join(folder, 'inventory.yaml'), JSON.stringify({ all: { hosts: Object.fromEntries(folders) } }));
}

/** Kills the process of a job that runs. @returns the job; undefined: none runs */
function killJob(folder: string): string | undefined {
  let ids: string[];
  try {
    ids = readdirSync(folder);
  } catch {
    return undefined; // There was no job yet.
  }
  for (const id of ids) {
    const pid = Number(textOf(join(folder, id, 'started')));
    if (!(pid > 0) || !textOf(`/proc/${pid}/cmdline`).includes(id)) continue;
    try {
      process.kill(pid, 'SIGKILL');
      return id;
    } catch {
      // It has just ended.
    }
  }
  return undefined;
}

async function firstAccount({ url, setupToken }: ServiceProcess): Promise<Record<string, string>> {
  const body = JSON.stringify({ token: setupToken, name: anna[0], password: anna[1] });
  await fetch(`${url}/api/v1/setup`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const made = await fetch(`${url}/api/v1/tokens`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ label: 'killed', api: 'write' }),
  });
  const { secret } = (await made.json()) as Answer;
  // Unlike a password it is known at once, between two kills.
  return { Authorization: `Basic ${btoa(`anna:${secret}`)}` };
}

async function endpointOf(get: Get) {
  const { url, headers } = await get('/api/v1/registries/prod/notification-settings');
  const none = { ignoredTypes: [], ignoredActions: [] };
  return { name: 'service', url, headers, timeout: 5000, threshold: 1000, backoff: 100, ...none };
}

async function push(url: string, tag: string): Promise<string> {
  const config = await pushBlob(url, `config ${tag}`);
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [] });
  const headers = { 'Content-Type': manifestType };
  const put = await fetch(`${url}/v2/team/app/manifests/${tag}`, { method: 'PUT', headers, body: manifest });
  if (put.status !== 201) throw new Error(`the registry answers ${put.status}`);
  return digestOf(manifest);
}

async function pushBlob(url: string, text: string): Promise<object> {
  const bytes = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', text }));
  const digest = digestOf(bytes);
  const begun = await fetch(`${url}/v2/team/app/blobs/uploads/`, { method: 'POST' });
  const location = new URL(begun.headers.get('location') ?? '', url);
  location.searchParams.set('digest', digest);
  const put = await fetch(location, { method: 'PUT', body: bytes });
  if (put.status !== 201) throw new Error(`the registry answers ${put.status}`);
  return { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: bytes.length };
}

function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
type Answer = any;
type Get = (path: string) => Promise<Answer>;

async function read(url: string): Promise<Answer> {
  return await (await fetch(url, { headers: basic })).json();
}

/** Returns an answer; undefined where the service was killed before it came. */
async function answerOrNone(url: string, init: RequestInit): Promise<{ status: number; body: Answer } | undefined> {
  try {
    const answer = await fetch(url, init);
    return { status: answer.status, body: await answer.json() };
  } catch {
    return undefined;
  }
}

/** Waits until something holds, for so many seconds at most. */
async function soon(holds: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && !(await holds())) await pause(200);
}

async function everything(get: Get, path: string): Promise<Answer[]> {
  const items: Answer[] = [];
  const joined = path.includes('?') ? '&' : '?';
  for (let after: string | null = ''; after !== null; ) {
    const more = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const part: Answer = await get(`${path}${joined}limit=500${more}`);
    items.push(...part.items);
    after = part.next ?? null;
  }
  return items;
}

async function allTags(get: Get): Promise<Map<string, string>> {
  const items = await everything(get, '/api/v1/registries/prod/repositories/team%2Fapp/tags').catch(() => []); // It is not known yet.
  return new Map(items.map(({ name, digest }) => [name, digest]));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

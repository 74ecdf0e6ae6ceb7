import { eventSchema } from '../../engine/events.js';
import { RegistryError } from '../../registry/registry-error.js';
import { linesReporter } from '../../report/lines.js';
import type { NewServiceRegistry, ServiceClient, ServiceJob, ServiceRegistry } from '../../service-client/connect.js';
import { actingClient, printResult, serviceAction } from '../service/service-action.js';
import type { ServiceRequest } from '../service/service-request.js';
import { wantsColour } from '../terminal/colour.js';
import { columns } from '../terminal/columns.js';
import { note } from '../terminal/note.js';
import { printText } from '../terminal/output.js';
import { registryFields, unsetFields } from './registry-fields.js';
import type { CreateRegistryRequest, RegistryJobRequest, SetRegistryRequest } from './request.js';

/** Runs `provision registries ls`. */
export function listRegistries(request: ServiceRequest): Promise<number> {
  return serviceAction(request, async () => {
    const registries = await (await actingClient(request)).registries.list();
    return printResult(request, registries, columns(registries.map(cells)));
  });
}

/** Runs `provision registries create`. */
export function createRegistry(name: string | undefined, request: CreateRegistryRequest): Promise<number> {
  return serviceAction(request, async () => {
    const { host } = request;
    const fields = registryFields(request) as Partial<NewServiceRegistry>;
    const client = await actingClient(request);
    const wanted = { host, ...(name === undefined ? {} : { name }), ...fields };
    return await carriedOut(client, await client.registries.create(wanted, { dryRun: request.check }), request);
  });
}

/** Runs `provision registries set`. */
export function setRegistry(name: string, request: SetRegistryRequest): Promise<number> {
  return serviceAction(request, async () => {
    const changes = { ...registryFields(request), ...unsetFields(request.unset) };
    if (Object.keys(changes).length === 0) throw new RegistryError('input', 'nothing to change was given');
    const client = await actingClient(request);
    return await carriedOut(client, await client.registries.change(name, changes, { dryRun: request.check }), request);
  });
}

/** Runs `provision registries rm`. */
export function removeRegistry(name: string, request: RegistryJobRequest): Promise<number> {
  return serviceAction(request, async () => {
    const client = await actingClient(request);
    return await carriedOut(client, await client.registries.delete(name, { dryRun: request.check }), request);
  });
}

/** Shows a job as it runs, to its end, and returns the exit status that a run of the command would have. */
async function carriedOut(client: ServiceClient, job: ServiceJob, request: RegistryJobRequest): Promise<number> {
  if (!request.wait) return printResult(request, job, [`job ${job.id}`]);
  if (!request.json) note(`job ${job.id}; it goes on when this command is interrupted`);
  const reporter = linesReporter({
    write: printText,
    color: wantsColour(process.stdout, request.color),
    verbosity: request.verbose,
    diff: request.check,
    profile: false,
    columns: undefined,
    cwd: process.cwd(),
  });
  const events = client.jobs.follow(job.id);
  let turn = await events.next();
  for (; turn.done !== true; turn = await events.next()) {
    const event = eventSchema.safeParse(turn.value.event);
    if (event.success && !request.json) reporter.onEvent(event.data);
  }
  const ended = turn.value;
  printResult(request, ended, [ending(ended)]);
  return statuses[ended.result ?? 'lost'];
}

const statuses = {
  ok: 0,
  changed: 0,
  differs: 0,
  failed: 2,
  partly: 2,
  lost: 2,
  unreachable: 4,
  cancelled: 130,
} as const;

function ending({ registry, hosts, result, problem }: ServiceJob): string {
  const subject = [registry, ...(hosts.length === 0 ? [] : [`on ${hosts.join(', ')}`])].filter((word) => word !== null);
  return `${subject.join(' ')}: ${result}${problem === '' ? '' : `: ${problem}`}`;
}

function cells(registry: ServiceRegistry): string[] {
  const { name, address, version, managed, readOnly, result, leaving, error } = registry;
  const state = leaving ? 'being deleted' : (result ?? '');
  return [
    name,
    address,
    version === null ? '-' : `version ${version}`,
    readOnly ? 'read-only' : 'writable',
    ...[managed ? state : 'not managed', error].filter((word) => word !== ''),
  ];
}

import { basename, dirname, relative } from 'node:path';
import { Diagnostics, InputError } from '../../../diagnostics/diagnostic.js';
import { loadInventory } from '../../../inventory/load.js';
import { roleInputs } from '../../../library/inputs/role-inputs.js';
import type { ChildRequest, LookAnswer, SiteLook } from './child-request.js';
import { jobSession } from './job-session.js';
import { registriesAfter } from './registry-change.js';

/** Reads and checks a site as a job would, and tells what is in it, or what is wrong. */
export async function lookAtSite(request: Extract<ChildRequest, { work: 'look' }>): Promise<LookAnswer> {
  const { site, change } = request;
  const folder = dirname(site.site);
  try {
    const registries = change === undefined ? undefined : registriesAfter(folder, change);
    const run = change === undefined ? request.run : { ...request.run, limit: change.host };
    const session = jobSession({
      site,
      run,
      secrets: request.secrets,
      ...(registries === undefined ? {} : { registries }),
    });
    const { listing, warnings } = await session.load();
    const plays = listing.map(({ name, hosts, tasks, tags }) => ({
      name,
      hosts,
      roles: [...new Set(tasks.flatMap(({ role }) => (role === undefined ? [] : [role])))],
      tags: [...new Set([...tags, ...tasks.flatMap((task) => task.tags)])],
    }));
    return { look: { plays, hosts: hostsOf(site.inventory, folder), warnings: [...warnings] } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const errors = error.diagnostics.slice(0, 50).map(({ code, message, hint, place, variable }) => ({
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...pointerOf(variable, request),
      ...(place === undefined
        ? {}
        : {
            place: {
              // A path of this machine is nobody's business who has no shell here.
              file: relative(folder, place.file).startsWith('..') ? basename(place.file) : relative(folder, place.file),
              line: place.line,
              column: place.column,
            },
          }),
    }));
    return { errors };
  }
}

/** Points to the field of a request that gives a variable. */
function pointerOf(
  variable: string | undefined,
  { run, secrets }: Extract<ChildRequest, { work: 'look' }>,
): { readonly pointer?: string } {
  if (variable === undefined) return {};
  if (Object.hasOwn(secrets, variable)) return { pointer: `/secrets/${variable}` };
  return Object.hasOwn(run.variables, variable) ? { pointer: `/variables/${variable}` } : {};
}

/** Tells what the roles take that the site's plays have. */
export async function lookAtRoles(request: Extract<ChildRequest, { work: 'roles' }>): Promise<LookAnswer> {
  const answer = await lookAtSite({ ...request, work: 'look', secrets: {} });
  if (!('look' in answer)) return answer;
  const names = [...new Set(answer.look.plays.flatMap(({ roles }) => roles))];
  const roles = await roleInputs(dirname(request.site.site), names);
  return { roles: roles.map(({ secrets, ...role }) => ({ ...role, secrets: [...secrets] })) };
}

function hostsOf(inventory: readonly string[], folder: string): SiteLook['hosts'] {
  const diagnostics = new Diagnostics();
  const { hosts, localhost } = loadInventory(inventory, diagnostics, undefined, folder);
  const all = hosts.size === 0 ? [localhost] : [...hosts.values()];
  return all.map(({ name, groups }) => ({ name, groups: [...groups] }));
}

import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { guardOutput } from '../../report/streams/redacted-stream.js';
import type { LoadedSite } from '../../site/load.js';
import { count } from '../../text/count.js';
import { complainOf } from '../terminal/complain.js';
import { printLines, printMessage, printText } from '../terminal/output.js';
import type { ProvisionRequest } from './request.js';
import { sessionOf } from './session-of.js';

/** Runs, lists or checks a site, and returns the exit status. Errors in the input are printed, all at once, before any host is contacted. */
export async function provision(request: ProvisionRequest): Promise<number> {
  // Texts are without secrets before they become part of a document: taking them out of that could break it.
  if (request.output !== 'json' && request.output !== 'junit') guardOutput(process.stdout, currentSecrets());
  try {
    const session = sessionOf(request);
    const loaded = await rerunOf(request, await session.load());
    if (loaded === undefined) return 0;
    if (request.syntaxCheck || request.listHosts || request.listTasks || request.listTags)
      for (const warning of loaded.warnings) printMessage(`warning: ${warning}`);
    if (request.listHosts || request.listTasks || request.listTags) {
      const { listingText } = await import('./listing.js');
      printText(listingText(request.site, loaded.listing, request));
      return 0;
    }
    if (request.syntaxCheck) {
      printLines([noErrors(request.site, loaded)]);
      return 0;
    }
    const { runSite } = await import('./run-site.js');
    return await runSite(request, session, loaded);
  } catch (error) {
    return complainOf(error, request);
  }
}

async function rerunOf(request: ProvisionRequest, loaded: LoadedSite): Promise<LoadedSite | undefined> {
  if (request.rerun === undefined) return loaded;
  return (await import('./rerun.js')).onlyLastHosts(request.rerun, request, loaded);
}

function noErrors(site: string, { plays }: LoadedSite): string {
  const hosts = new Set(plays.flatMap((play) => play.hosts.map((host) => host.name))).size;
  return `${site}: no errors found (${count(plays.length, 'play')}, ${count(hosts, 'host')})`;
}

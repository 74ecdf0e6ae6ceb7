import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { guardOutput } from '../../report/streams/redacted-stream.js';
import { count } from '../../text/count.js';
import type { VariableTable } from '../../vars/variables.js';
import { yamlVault } from '../../vars/vault/yaml-vault.js';
import { complainOf } from '../terminal/complain.js';
import { printLines, printText } from '../terminal/output.js';
import { keyringOf, withPasswords } from '../vault/keyring.js';
import { type LoadedRequest, loadRequest } from './load.js';
import type { ProvisionRequest } from './request.js';

/** Does what was asked for and gives the exit status. Mistakes in the input are printed, all at once, before any host is contacted. */
export async function provision(request: ProvisionRequest): Promise<number> {
  // Texts are without secrets before they become part of a document: taking them out of that could break it.
  if (request.output !== 'json' && request.output !== 'junit') guardOutput(process.stdout, currentSecrets());
  try {
    const keyring = keyringOf(request);
    const vault = yamlVault(keyring, (text) => currentSecrets().add(text));
    const asked = await askOnce(request);
    const all = await withPasswords(keyring, async () => {
      const diagnostics = new Diagnostics();
      const read = await loadRequest(request, diagnostics, vault, asked);
      diagnostics.throwIfAny();
      return read;
    });
    const loaded = await rerunOf(request, all);
    if (loaded === undefined) return 0;
    if (request.listHosts || request.listTasks || request.listTags) {
      const { listing } = await import('./listing.js');
      printText(listing(request.site, loaded.site.listing, request));
      return 0;
    }
    if (request.syntaxCheck) {
      printLines([allWell(request.site, loaded.site.plays)]);
      return 0;
    }
    const { runSite } = await import('./run-site.js');
    return await runSite(request, loaded);
  } catch (error) {
    return complainOf(error, request);
  }
}

async function askOnce(request: ProvisionRequest): Promise<VariableTable> {
  if (request.ask.length === 0) return new Map();
  const { askVariables } = await import('./ask-variables.js');
  const diagnostics = new Diagnostics();
  const table = await askVariables(request.ask, diagnostics);
  diagnostics.throwIfAny();
  return table;
}

async function rerunOf(request: ProvisionRequest, all: LoadedRequest): Promise<LoadedRequest | undefined> {
  if (request.rerun === undefined) return all;
  return (await import('./rerun.js')).onlyLastHosts(request.rerun, request, all);
}

function allWell(site: string, plays: readonly { readonly hosts: readonly { readonly name: string }[] }[]): string {
  const hosts = new Set(plays.flatMap((play) => play.hosts.map((host) => host.name))).size;
  return `${site}: no errors found (${count(plays.length, 'play')}, ${count(hosts, 'host')})`;
}

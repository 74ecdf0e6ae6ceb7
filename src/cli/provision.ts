import { Diagnostics } from '../diagnostics/diagnostic.js';
import { secrets } from '../diagnostics/secrets.js';
import { guardOutput } from '../report/redacted-stream.js';
import { yamlVault } from '../vars/vault/yaml-vault.js';
import { complainOf } from './complain.js';
import { loadRequest } from './load.js';
import type { ProvisionRequest } from './request.js';
import { keyringOf, withPasswords } from './vault/keyring.js';

/** Does what was asked for and gives the exit status. Mistakes in the input are printed, all at once, before any host is contacted. */
export async function provision(request: ProvisionRequest): Promise<number> {
  // In JSON, texts are without secrets before they are quoted: taking them out of the document could break it.
  if (request.output !== 'json') guardOutput(process.stdout, secrets);
  try {
    const keyring = keyringOf(request);
    const vault = yamlVault(keyring, (text) => secrets.add(text));
    const loaded = await withPasswords(keyring, async () => {
      const diagnostics = new Diagnostics();
      const read = await loadRequest(request, diagnostics, vault);
      diagnostics.throwIfAny();
      return read;
    });
    if (request.listHosts || request.listTasks || request.listTags) {
      const { listing } = await import('./listing.js');
      process.stdout.write(listing(request.site, loaded.site.listing, request));
      return 0;
    }
    if (request.syntaxCheck) {
      process.stdout.write(allWell(request.site, loaded.site.plays));
      return 0;
    }
    const { runSite } = await import('./run-site.js');
    return await runSite(request, loaded);
  } catch (error) {
    return complainOf(error, request);
  }
}

function allWell(site: string, plays: readonly { readonly hosts: readonly { readonly name: string }[] }[]): string {
  const hosts = new Set(plays.flatMap((play) => play.hosts.map((host) => host.name))).size;
  return `${site}: no mistakes found (${count(plays.length, 'play')}, ${count(hosts, 'host')})\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

import { join, resolve } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { loadInventory } from '../../inventory/load.js';
import { splitPattern } from '../../inventory/split-pattern.js';
import type { PlayHost } from '../../model/play.js';
import { loadSite } from '../../site/load.js';
import { roleCatalog } from '../../site/modules/catalog.js';
import { yamlVault } from '../../vars/vault/yaml-vault.js';
import { keyringOf, withPasswords } from '../vault/keyring.js';
import type { DoctorRequest } from './doctor.js';

/** The hosts of an inventory, with how each is reached: those of a play over all of them. @throws InputError */
export async function hostsOf(request: DoctorRequest): Promise<readonly PlayHost[]> {
  const keyring = keyringOf(request);
  const vault = yamlVault(keyring, (text) => currentSecrets().add(text));
  return withPasswords(keyring, async () => {
    const diagnostics = new Diagnostics();
    const inventory = loadInventory(request.inventory, diagnostics, vault, '.');
    diagnostics.throwIfAny();
    const { plays } = await loadSite(
      {
        file: join(resolve('.'), 'site.ts'),
        plays: [{ hosts: 'all', gather_facts: false }],
        inventory,
        ...(request.limit.length === 0 ? {} : { limit: request.limit.flatMap(splitPattern).join(',') }),
        extraVars: new Map(),
        catalog: roleCatalog('.'),
        kinds: [],
        flags: { force: false, sync: undefined, check: true },
        overrides: overridesOf(request),
        vault,
      },
      diagnostics,
    );
    diagnostics.throwIfAny();
    return plays.flatMap((play) => play.hosts);
  });
}

/** What the command line says of all hosts' connections. */
function overridesOf({ become, becomeUser, user, privateKey }: DoctorRequest) {
  return {
    ...(become === undefined ? {} : { become }),
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(user === undefined ? {} : { user }),
    ...(privateKey === undefined ? {} : { identityFile: resolve(privateKey) }),
  };
}

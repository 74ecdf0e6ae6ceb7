import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { splitPattern } from '../../inventory/split-pattern.js';
import { Session } from '../../library/session/session.js';
import { terminalInput } from '../terminal/ask-secret.js';
import { vaultOptions } from '../vault/keyring.js';
import { defaultInventory } from './default-inventory.js';
import type { ProvisionRequest } from './request.js';

/** Makes the session of a command line. It has the process's output to itself, so its secrets are those of the process. */
export function sessionOf(request: ProvisionRequest): Session {
  const { site, inventory, limit, sync, root, user, privateKey, become, becomeUser } = request;
  return new Session(
    {
      site,
      inventory: inventory.length > 0 ? inventory : defaultInventory(site),
      ...(limit.length === 0 ? {} : { limit: limit.flatMap(splitPattern).join(',') }),
      tags: request.tags,
      skipTags: request.skipTags,
      extraVars: request.extraVars,
      ask: request.ask,
      check: request.check,
      force: request.force,
      update: request.update,
      dropPending: request.dropPending,
      prune: request.prune,
      ...(sync === undefined ? {} : { sync }),
      strict: request.strict,
      forks: request.step ? 1 : request.forks,
      ...(root === undefined ? {} : { root }),
      ...(user === undefined ? {} : { user }),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(request.acceptNew ? { acceptNew: true } : {}),
      ...(become === undefined ? {} : { become }),
      ...(becomeUser === undefined ? {} : { becomeUser }),
      askBecomePassword: request.askBecomePass,
      ...vaultOptions(request),
      askSecret: terminalInput(),
    },
    currentSecrets(),
  );
}

import { readTextFile } from '../../../diagnostics/read-text.js';
import { Problem } from '../../problem.js';
import type { Audit } from '../audit.js';
import type { AccountStore } from './accounts.js';
import { readImportedAccounts } from './import-htpasswd.js';

const from = { actor: '', kind: '', means: 'file', address: '', userAgent: '', requestId: '' };

/**
 * Makes the account of a file (htpasswd, bcrypt), an administrator, where nobody administers the service yet. Later changes of the file
 * change nothing. @throws Error where it can't be read, or does not hold one account
 */
export async function makeFirstAccount(file: string, accounts: AccountStore, audit: Audit): Promise<void> {
  if (await accounts.hasAdministrator()) return;
  const found = readAccounts(file);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${file}: must hold one account, and holds ${found.length}. Make it by htpasswd -B`);
  }
  try {
    await accounts.create({ name: first.name, passwordHash: first.hash, isAdmin: true });
  } catch (error) {
    if (await accounts.hasAdministrator()) return; // Of two services that start at once, one makes it.
    throw error;
  }
  await audit.record(from, { verb: 'setup', object: first.name });
}

function readAccounts(file: string): ReturnType<typeof readImportedAccounts> {
  try {
    return readImportedAccounts(readTextFile(file, { most: 1 << 16, besides: 'none' }));
  } catch (error) {
    throw error instanceof Problem ? new Error(`${file}: ${error.message}`, { cause: error }) : error;
  }
}

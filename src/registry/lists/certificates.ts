import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import type { RegistryTrust } from '../client/registry.js';

/** Reads a folder of certificates as docker and podman have them: `*.crt` authorities, `X.cert` and `X.key` of a client. */
export function readCertificates(folder: string, place: Place, diagnostics: Diagnostics): Partial<RegistryTrust> {
  try {
    const names = readdirSync(folder).sort();
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const authorities = names.filter((name) => name.endsWith('.crt')).map(read);
    const client = names.find((name) => name.endsWith('.cert') && names.includes(name.replace(/cert$/, 'key')));
    return {
      ...(authorities.length === 0 ? {} : { ca: authorities.join('\n') }),
      ...(client === undefined ? {} : { cert: read(client), key: read(client.replace(/cert$/, 'key')) }),
    };
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read ${folder}: ${reasonOf(error)}`, place });
    return {};
  }
}

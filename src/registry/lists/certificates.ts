import { readdirSync } from 'node:fs';
import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { trustFromFolder } from '../auth/trust-folders.js';
import type { RegistryTrust } from '../client/registry.js';
import { RegistryError } from '../registry-error.js';

/** Reads a folder of certificates that a list names, as docker and podman have them: `*.crt` authorities, `X.cert` and `X.key` of a client. */
export function readCertificates(folder: string, place: Place, diagnostics: Diagnostics): Partial<RegistryTrust> {
  try {
    return trustFromFolder(folder, readdirSync(folder).sort());
  } catch (error) {
    const message = error instanceof RegistryError ? error.message : `cannot read ${folder}: ${reasonOf(error)}`;
    diagnostics.add({ code: 'unreadable-file', message, place });
    return {};
  }
}

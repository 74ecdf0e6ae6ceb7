import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { readTextFile } from '../../diagnostics/read-text.js';
import { replaceFile } from '../../files/replace-file.js';
import { readRedirect } from '../redirects/read-redirect.js';
import type { Redirect } from '../redirects/redirect.js';
import { redirectText } from '../redirects/write-redirect.js';
import type { VendorApp } from './vendor.js';

/** Reads the redirect file of an application; undefined where there is none. @throws RegistryError `input` */
export function redirectOfApp({ redirectFile: file }: VendorApp): Redirect | undefined {
  return file === undefined || !existsSync(file) ? undefined : readRedirect(readTextFile(file), file);
}

/** Writes the redirect file of an application; undefined: removes it. */
export async function writeRedirectOfApp(
  { redirectFile: file }: VendorApp,
  redirect: Redirect | undefined,
): Promise<void> {
  if (file === undefined) return;
  if (redirect === undefined) return rmSync(file, { force: true });
  makeRedirectFolder({ redirectFile: file });
  await replaceFile(file, redirectText(redirect), { mode: 0o644 });
}

/** Makes the folder of an application's redirect file. */
function makeRedirectFolder({ redirectFile: file }: Pick<VendorApp, 'redirectFile'>): void {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
}

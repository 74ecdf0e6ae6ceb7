import { existsSync, rmSync } from 'node:fs';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { replaceFile } from '../../../files/replace-file.js';
import { readRedirect } from '../../../publish/redirects/read-redirect.js';
import type { Redirect } from '../../../publish/redirects/redirect.js';
import { redirectText } from '../../../publish/redirects/write-redirect.js';
import type { VendorApp } from '../../../publish/vendors/read-vendors.js';

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
  if (redirect === undefined) rmSync(file, { force: true });
  else await replaceFile(file, redirectText(redirect), { mode: 0o644 });
}

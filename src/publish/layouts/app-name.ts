import { RegistryError } from '../../registry/registry-error.js';

const appShape = /^(?:[a-z0-9_]{1,60}\/)?[a-z0-9-_.]{1,120}$/;

/**
 * Returns the folder of an application in a bucket: its name with a hyphen for the slash, as raas had it.
 * @throws RegistryError `input` for what is no name of one: small letters, digits, `-`, `_` and `.`, at most one slash
 */
export function appFolder(app: string): string {
  const folder = app.replace('/', '-');
  if (appShape.test(app) && !/^\.+$/.test(folder)) return folder;
  throw new RegistryError('input', `${JSON.stringify(app.slice(0, 300))} can't be the name of an application`, {
    hint: 'use small letters, digits, hyphens, underscores and dots, and at most one slash: acme-app',
  });
}

import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../registry-error.js';

/**
 * Reads the files of `--ca`: `FILE` is for all registries of a command, `HOST=FILE` for one.
 * @returns a function that gives the authorities of a registry, PEM; undefined where none are given for it
 * @throws RegistryError `input` for a file that can't be read or holds no PEM
 */
export function readAuthorities(given: readonly string[]): (host: string) => string | undefined {
  const authorities = given.map((text) => {
    const [, host, path = ''] = /^(?:([^=/]+)=)?(.*)$/s.exec(text) ?? [];
    return { host, pem: readPem(path, text) };
  });
  return (registry) => {
    const own = authorities.filter(({ host }) => host === undefined || host === registry);
    return own.length === 0 ? undefined : own.map(({ pem }) => pem).join('\n');
  };
}

function readPem(path: string, argument: string): string {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    throw new RegistryError('input', `--ca ${argument}: ${reasonOf(error)}`);
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new RegistryError('input', `--ca ${argument}: the file holds no PEM (-----BEGIN …)`);
}

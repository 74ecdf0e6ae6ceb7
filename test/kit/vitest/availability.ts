import { readFileSync } from 'node:fs';

export type LabAvailability = { readonly possible: true } | { readonly possible: false; readonly why: string };

/** Whether the lab of real hosts can be made on this machine: it installs Debian packages and starts a container engine. */
export function labAvailability(): LabAvailability {
  if (process.env.PROVISION_LAB === 'off') return { possible: false, why: 'PROVISION_LAB=off' };
  if (process.platform !== 'linux') return { possible: false, why: `it needs Linux, this is ${process.platform}` };
  const ids = osIds();
  if (!ids.some((id) => id === 'debian' || id === 'ubuntu')) {
    return { possible: false, why: `it needs Debian or Ubuntu, this is ${ids[0] ?? 'something else'}` };
  }
  if (process.getuid?.() !== 0) return { possible: false, why: 'it needs root' };
  return { possible: true };
}

function osIds(): string[] {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) => (match[1] ?? '').split(' '));
  } catch {
    return [];
  }
}

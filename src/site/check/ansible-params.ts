import { isMap } from '../../vars/template/template-value.js';

/** Parameters of Ansible's modules that resources do not have, by resource, each with what to do instead. */
const params: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  command: {
    executable: 'write `bash -c …` in `cmd`, which is run by sh',
    warn: 'remove it: nothing is warned of',
  },
  debug: { verbosity: 'remove it, or give the task `when` with a variable' },
  directory: { dest: 'write `path`', src: 'a folder is made empty: see `unarchive` for its files' },
  file: {
    dest: 'write `path`',
    remote_src: 'write `command: { cmd: "cp …", creates: … }` for a file of the host',
    recurse: 'it is a parameter of `directory`',
  },
  get_url: { validate_certs: 'write `insecure: true` for a certificate that nobody vouches for' },
  package: { update_cache: 'write `update: true`' },
  service: { daemon_reexec: 'write `command: { cmd: systemctl daemon-reexec, always: true }`' },
  template: { remote_src: 'remove it: templates lie beside the site' },
  user: {
    append: 'remove it: groups of a user that are not named stay',
    password: 'write `command: { cmd: "usermod --password …", unless: … }`',
  },
};

/** Returns what to write in place of a parameter, or a mode, as Ansible has it; undefined where it has none such. */
export function insteadOfParam(kind: string, at: readonly (string | number)[], value: unknown): string | undefined {
  const [key, more] = at;
  if (typeof key !== 'string' || more !== undefined) return undefined;
  const written = isMap(value) ? value[key] : undefined;
  if (key === 'mode' && typeof written === 'string') return octalHint(written);
  const instead = Object.hasOwn(params, kind) ? params[kind] : undefined;
  return instead !== undefined && Object.hasOwn(instead, key) ? instead[key] : undefined;
}

const bits: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

/** Returns the hint for a mode in letters, where that is a mode in itself: `u=rw,g=r`. */
function octalHint(mode: string): string | undefined {
  if (!/^([ugoa]+=[rwx]*)(,[ugoa]+=[rwx]*)*$/.test(mode)) return undefined;
  const of: Record<string, number> = { u: 0, g: 0, o: 0 };
  for (const clause of mode.split(',')) {
    const [who = '', letters = ''] = clause.split('=');
    const sum = [...new Set(letters)].reduce((total, letter) => total + (bits[letter] ?? 0), 0);
    for (const each of who.replaceAll('a', 'ugo')) of[each] = sum;
  }
  return `write "0${of.u}${of.g}${of.o}"`;
}

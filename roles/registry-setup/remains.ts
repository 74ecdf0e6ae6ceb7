import { posix } from 'node:path';
import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../src/index.js';

const params = z.strictObject({
  name: z.string().describe('Name of the registry'),
  files: z.array(z.string()).describe('Files that only this tool writes; dated backups of them go, too'),
  trust: z
    .array(z.string())
    .describe('Folders below certs.d, which go with the authority in them unless more is there'),
  stays: z.array(z.string()).describe('What is left on purpose, if it is there: paths'),
  image: z.string().optional().describe('Image of docker that is left on purpose, if it is there'),
});

interface RemainsState {
  readonly gone: readonly string[];
  readonly left: readonly string[];
}

/** Removal of what a registry leaves behind: its secrets and their backups. What stays is named. */
export const registry_remains = defineResource({
  kind: 'registry_remains',
  summary: 'Nothing secret is left of a registry',
  params,
  create: ({ name, files, trust, stays, image = '' }): Resource<RemainsState> => ({
    kind: 'registry_remains',
    id: name,
    provides: files.map((path) => `path:${path}` as const),
    needs: [],
    staging: 'skip',
    probe: () => sh`list() { for path; do [ ! -e "$path" ] || printf '%s\t%s\n' "$word" "$path"; done; }
word=gone
for file in ${files}; do list "$file" "$file".*.bak; done
list ${trust.map((folder) => posix.join(folder, 'ca.crt'))}
word=left; list ${stays}
[ -z ${image} ] || ! docker image inspect ${image} >/dev/null 2>&1 || printf 'left\t%s\n' ${`the image ${image}`}
:`,
    parse: ({ stdout }) => {
      const rows = stdout.split('\n').map((line) => line.split('\t'));
      const of = (word: string) => rows.flatMap(([first, path = '']) => (first === word ? [path] : []));
      return { gone: of('gone'), left: of('left') };
    },
    plan: ({ gone, left }) => {
      const note = left.length === 0 ? undefined : `stays: ${left.join(', ')}`;
      if (gone.length === 0) return { verdict: 'ok', ...(note === undefined ? {} : { note }) };
      return {
        verdict: 'change',
        summary: [`removed ${gone.join(', ')}`, ...(note === undefined ? [] : [note])].join('; '),
        apply: {
          via: 'sh',
          script: sh`rm -f -- ${[...gone]} || exit
rmdir ${trust.length === 0 ? ['/nonexistent'] : [...trust]} 2>/dev/null
:`,
        },
      };
    },
  }),
});

import { posix } from 'node:path';
import { z } from 'zod';

/*
 * Parameters that several resources share, with messages for those who get them wrong.
 */

/** Absolute path of the host, without a trailing slash. */
export const absolutePath = z
  .string()
  .refine((path) => path.startsWith('/'), { error: 'must be an absolute path, starting with /' })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .refine((path) => !/[\0-\x1f\x7f]/.test(path), { error: 'must not hold control characters' })
  .overwrite((path) => (path === '/' ? path : posix.normalize(path).replace(/\/$/, '') || '/'));

/** Permission bits in octal, as text: `"0644"`. Numbers are refused, for YAML reads 0644 as the decimal 644. */
export const mode = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' ? `mode must be quoted: "${quoteMode(input)}"` : 'mode must be text in octal: "0644"',
  })
  .regex(/^[0-7]{3,4}$/, { error: 'mode must be three or four octal digits, quoted: "0644"' })
  .overwrite((digits) => digits.padStart(4, '0'));

function quoteMode(input: number): string {
  const asWritten = String(input);
  return /^[0-7]{3,4}$/.test(asWritten) ? asWritten.padStart(4, '0') : '0644';
}

const account = z
  .union([z.string().regex(/^[A-Za-z0-9_][^:\s]*$/, { error: 'is not a name of a user or group' }), z.int().min(0)], {
    error: 'must be a name or a number',
  })
  .transform(String);

export const pathOwner = account.describe('Owner, by name or number; unchanged unless given');
export const pathGroup = account.describe('Group, by name or number; unchanged unless given');

/** Reference to something that may change what this resource finds: `package:docker.io`. */
const ref = z.templateLiteral(
  [
    z.enum(['path', 'package', 'service', 'user', 'group', 'mount', 'port', 'image', 'registry']),
    ':',
    z.string().min(1),
  ],
  { error: 'must be kind:name, for example package:docker.io, service:docker, path:/etc/exports' },
);

export const needs = z
  .array(ref)
  .default([])
  .describe('References that its state depends on, for check mode: `package:docker.io`, `service:docker`');

/** Parameters that let a resource replace what exists and differs. */
export const forceParams = {
  force: z.boolean().default(false).describe('Replace what exists and differs, as `--force` does for everything'),
  force_variable: z
    .string()
    .optional()
    .describe('Variable that sets `force`; the report names it where something was kept'),
};

export const backup = z.boolean().default(true).describe('Keep a dated copy of a replaced file beside it');

export const unsafeWrites = z
  .boolean()
  .default(false)
  .describe(
    'Where no other file can take its place (it is a mount point, as /etc/hosts in a container is), write into it; a crash may leave it cut off',
  );

export const secretContent = z.boolean().default(false).describe('Never show the content: no differences in reports');

export const validate = z
  .string()
  .refine((command) => command.includes('%s'), { error: 'must contain %s, for the name of the new file' })
  .describe('Command that must accept the new file before it is installed, with %s for its name');

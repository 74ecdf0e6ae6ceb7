import { z } from 'zod';
import { isRecord } from '../../model/is-record.js';
import { parseBoundedJson } from '../../registry/bounded-json.js';
import { failFastList, parseShape } from '../../registry/json-shape.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { Redirect } from './redirect.js';

/** Lists, objects and commas of a file at most: one of 100,000 tags has some 400,000. */
const mostParts = 2_000_000;

const text = z.string({ error: 'a text is expected' });
const listed = failFastList(z.string({ error: 'a text is expected' }));

/** Values by names, in an object that inherits nothing: a tag may be named `constructor`. */
function byName<Value extends z.ZodType>(value: Value, expected: string) {
  return z.unknown().transform((given, context): Readonly<Record<string, z.output<Value>>> => {
    if (!isRecord(given)) {
      context.addIssue('an object is expected');
      return z.NEVER;
    }
    const found = Object.create(null) as Record<string, z.output<Value>>;
    for (const [name, each] of Object.entries(given)) {
      const parsed = value.safeParse(each);
      if (!parsed.success) {
        context.addIssue({ code: 'custom', path: [name], message: expected });
        return z.NEVER;
      }
      found[name] = parsed.data;
    }
    return found;
  });
}

const address = text.refine(isAddress, 'an address is expected: https://cdn.example.com/team/web/');

/** Keys of all versions. Others are ignored, as Crane ignored them: Pulp writes a `type`. */
const base = z.object({
  'repo-registry-id': text.min(1, 'it is empty'),
  repository: text.refine(isFolderName, 'the name of one folder is expected'),
  url: address,
  protected: z.boolean({ error: 'true or false is expected' }).default(false),
});

const images = base.extend({
  images: failFastList(z.object({ id: text.regex(/^[\w-][\w.-]{0,127}$/, 'an id is expected') })),
  tags: byName(text, 'the id of an image is expected'),
});
const withSchema2 = base.extend({ schema2_data: listed });
const withLists = withSchema2.extend({
  manifest_list_data: listed,
  manifest_list_amd64_tags: byName(
    z.tuple([z.string(), z.union([z.literal(1), z.literal(2)])]),
    'a digest and 1 or 2 are expected',
  ),
});

/**
 * Reads a redirect file of version 1 to 4.
 * @param file its name, for errors
 * @throws RegistryError `input` that names the file, and the key that is missing or wrong
 */
export function readRedirect(content: string, file: string): Redirect {
  const value = jsonOf(content, file);
  if (!isRecord(value)) throw wrong(file, 'a JSON object is expected');
  const { version } = value;
  if (version === undefined) throw wrong(file, '"version" is missing');
  switch (version) {
    case 1: {
      const data = shaped(images, value, file);
      return { version: 1, ...common(data), images: data.images.map(({ id }) => id), tags: data.tags };
    }
    case 2:
      return { version: 2, ...common(shaped(base, value, file)), schema2: [], lists: [], amd64Tags: {} };
    case 3: {
      const data = shaped(withSchema2, value, file);
      return { version: 3, ...common(data), schema2: data.schema2_data, lists: [], amd64Tags: {} };
    }
    case 4: {
      const data = shaped(withLists, value, file);
      const lists = { lists: data.manifest_list_data, amd64Tags: data.manifest_list_amd64_tags };
      return { version: 4, ...common(data), schema2: data.schema2_data, ...lists };
    }
    default:
      throw wrong(file, `metadata version ${JSON.stringify(version)?.slice(0, 40)} not supported`);
  }
}

function common(data: z.output<typeof base>) {
  const { 'repo-registry-id': name, repository, url, protected: isProtected } = data;
  return { name, repository, url, isProtected };
}

function shaped<T>(shape: z.ZodType<T>, value: Readonly<Record<string, unknown>>, file: string): T {
  const parsed = parseShape(shape, value);
  if ('data' in parsed) return parsed.data;
  const [, key = '', why = ''] = /^([^:]*): (.*)$/s.exec(parsed.wrong) ?? [];
  const first = key.split('.')[0] ?? '';
  throw wrong(file, first !== '' && !Object.hasOwn(value, first) ? `"${first}" is missing` : `"${key}": ${why}`);
}

function jsonOf(content: string, file: string): unknown {
  try {
    return parseBoundedJson(content.startsWith('\uFEFF') ? content.slice(1) : content, mostParts);
  } catch (error) {
    throw wrong(file, `no JSON that can be read: ${(error as Error).message}`);
  }
}

function wrong(file: string, why: string): RegistryError {
  return new RegistryError('input', `${file}: ${why}`, {
    hint: 'write it as Pulp does, or publish the repository again',
  });
}

/** Returns true for an address that a Location may have: no blank, no control character, no query that a name would follow. */
function isAddress(url: string): boolean {
  return /^https?:\/\/[^\p{Cc}\s?#\\]+$/iu.test(url) && URL.canParse(url);
}

/** It is a part of a path where content is served from a folder. */
function isFolderName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}

import { z } from 'zod';

const flagWords: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

/** True or false, also in the words of YAML 1.1, which people who know Ansible write. */
export const flag = z.preprocess(
  (value) => (typeof value === 'string' ? (flagWords[value.toLowerCase()] ?? value) : value),
  z.boolean(),
);

/** Text, or a number that stands for it. */
export const text = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string());

/** Text that is needed before there is a host to render it for. */
export const fixed = z
  .string()
  .refine((value) => !value.includes('{{'), 'this cannot be a template: it is needed before any host is known');

/** Fixed text, or a number that stands for it. */
export const fixedName = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), fixed);

/** Variables with their values; nothing stands for none. */
export const variables = z.preprocess((value) => value ?? {}, z.record(z.string(), z.unknown()));

/** Tags in a list, each of which may be several with commas between them. */
export const tags = z
  .array(fixedName)
  .transform((texts) => texts.flatMap((each) => each.split(',').map((tag) => tag.trim())));

/** Expressions, true or false, which must all hold. */
export const conditions = z.array(
  z.preprocess(
    (value) => (typeof value === 'string' ? (flagWords[value.toLowerCase()] ?? value) : value),
    z.union([z.boolean(), z.string()]),
  ),
);

/** A number that may be a template. */
export const countOrTemplate = z.union([z.number().min(0), z.string()]);

/** A list whose parts are read one by one. */
export const entries = z.array(z.unknown());

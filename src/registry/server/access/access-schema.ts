import { z } from 'zod';
import { isRepository } from '../../names.js';

const oneOrMore = <Item extends z.ZodType<string>>(item: Item) =>
  z.union([item, z.array(item).min(1)]).transform((given) => [given].flat());

const account = z.string().regex(/^[^:]+$/, { error: 'must be the name of an account, anonymous, or "*"' });

/** Repositories that a rule is about. */
export const repositoriesOfRule = z
  .string()
  .refine((text) => text === '*' || text === '**' || isRepository(text.replace(/\/$/, '')), {
    error: 'must be a repository, a prefix that ends with "/", or "**"',
  });

/** Rule of rights: accounts, repositories, and what the ones may do with the others. */
export const accessRule = z
  .strictObject({
    accounts: oneOrMore(account).describe('Names; `*`: every account; `anonymous`: everybody, also without an account'),
    repositories: oneOrMore(repositoriesOfRule).describe('`team/app`; `team/`: all below it; `**`: all'),
    rights: z
      .array(z.enum(['pull', 'push', 'delete', 'admin']))
      .min(1)
      .describe('`admin`: the administration of the server, for rules with `**`'),
  })
  .refine(({ rights, repositories }) => !rights.includes('admin') || repositories.includes('**'), {
    error: 'must be "**" where rights has admin: that is a right on the whole server',
    path: ['repositories'],
  })
  .refine(({ rights, accounts }) => !rights.includes('admin') || !accounts.includes('anonymous'), {
    error: 'must not be anonymous where rights has admin. Name the accounts',
    path: ['accounts'],
  });

/** Content of a file of rights: a list of rules. */
export const accessRules = z.array(accessRule);

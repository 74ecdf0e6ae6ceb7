import type { ServiceRetentionRules } from '../../../../src/service-client/service-types.js';
import type { Translate } from '../../kernel/messages.js';
import { wrongField } from '../../parts/fields/field-errors.js';
import { linesOf } from '../../parts/fields/item-texts.js';

/** Seconds of a day. */
const day = 86_400;

/** Rules of the tags that stay, as the fields of a form have them. */
export interface RetentionValues {
  readonly newest: string;
  /** Days. */
  readonly youngerThan: string;
  /** Patterns, one a line. */
  readonly keep: string;
  readonly deny: string;
  readonly allowEmpty: boolean;
}

/** Returns the fields of rules. */
export function retentionValues(rules: unknown): RetentionValues {
  const { newest, youngerThan, keep, deny, allowEmpty } = { ...(rules as Partial<ServiceRetentionRules> | undefined) };
  return {
    newest: newest === undefined ? '' : String(newest),
    youngerThan: youngerThan === undefined ? '' : String(Math.round((youngerThan / day) * 100) / 100),
    keep: (keep ?? []).join('\n'),
    deny: (deny ?? []).join('\n'),
    allowEmpty: allowEmpty === true,
  };
}

/** Returns the rules of a request. @throws ApiError for a field that cannot be sent */
export function retentionBody(values: RetentionValues, t: Translate, at = '/retention'): ServiceRetentionRules {
  const { newest, youngerThan, keep, deny, allowEmpty } = values;
  const number = (text: string, name: string, pattern: RegExp) => {
    if (!pattern.test(text.trim())) throw wrongField(`${at}/${name}`, t('work.not-a-number'));
    return Number(text);
  };
  return {
    ...(newest.trim() === '' ? {} : { newest: number(newest, 'newest', /^\d{1,9}$/) }),
    ...(youngerThan.trim() === ''
      ? {}
      : { youngerThan: Math.round(number(youngerThan, 'youngerThan', /^\d{1,6}(\.\d+)?$/) * day) }),
    keep: linesOf(keep),
    deny: linesOf(deny),
    allowEmpty,
  };
}

/** Reads rules from the query of an address; undefined: it has none. */
export function retentionOf(query: URLSearchParams): ServiceRetentionRules | undefined {
  const rules = {
    ...(Number(query.get('newest')) > 0 ? { newest: Number(query.get('newest')) } : {}),
    ...(Number(query.get('days')) > 0 ? { youngerThan: Math.round(Number(query.get('days')) * day) } : {}),
    keep: linesOf(query.get('keep') ?? ''),
    deny: linesOf(query.get('deny') ?? ''),
    allowEmpty: query.get('allowEmpty') === 'on',
  };
  const hasRule = rules.newest ?? rules.youngerThan ?? rules.keep[0] ?? rules.deny[0];
  return hasRule === undefined ? undefined : rules;
}

/** Returns rules as the query of an address has them. */
export function retentionQuery(values: RetentionValues): Record<string, string> {
  const { newest, youngerThan, keep, deny, allowEmpty } = values;
  return {
    newest: newest.trim(),
    days: youngerThan.trim(),
    keep: linesOf(keep).join('\n'),
    deny: linesOf(deny).join('\n'),
    allowEmpty: allowEmpty ? 'on' : '',
  };
}

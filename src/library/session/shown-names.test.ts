import { expect, test } from 'vitest';
import { newSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { shownWords, warningOfNames } from './shown-names.js';

test('a password that is a word of every report hid that word, and so told itself', () => {
  const secrets = newSecrets();
  for (const each of ['changed', 'swordfish', 'web1']) secrets.add(each);
  const shown = secrets.show(shownWords(['web1', 'web2']));
  expect(secrets.redact('web1: changed=1, by swordfish')).toBe('web1: changed=1, by (secret)');
  expect(warningOfNames(shown)).toBe(
    'a secret is a name in the inventory (web1): it is not hidden in the output. Choose another value where it must stay secret. changed is a secret and a word of every report: it is not hidden. Choose another value.',
  );
  expect(warningOfNames([])).toBeUndefined();
});

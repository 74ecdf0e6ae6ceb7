import { expect, it } from 'vitest';
import { JsonError, jsonValue, parseJson } from './json-text.js';

it.each(['[', '{"a":'])('%s without end is an error in the file, not a crash of ours', (level) => {
  const error = (() => {
    try {
      return parseJson(level.repeat(20_000));
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toBeInstanceOf(JsonError);
  expect(String(error)).toContain('nested deeper than 500 levels');
  expect(JSON.stringify(jsonValue(parseJson(`${'['.repeat(500)}${']'.repeat(500)}`)))).toHaveLength(1000);
});

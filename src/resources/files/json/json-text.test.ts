import { expect, it } from 'vitest';
import { JsonMistake, jsonValue, parseJson } from './json-text.js';

it.each(['[', '{"a":'])('%s without end is a mistake in the file, not an error of ours', (level) => {
  const mistake = (() => {
    try {
      return parseJson(level.repeat(20_000));
    } catch (error) {
      return error;
    }
  })();
  expect(mistake).toBeInstanceOf(JsonMistake);
  expect(String(mistake)).toContain('nested deeper than 500 levels');
  expect(JSON.stringify(jsonValue(parseJson(`${'['.repeat(500)}${']'.repeat(500)}`)))).toHaveLength(1000);
});

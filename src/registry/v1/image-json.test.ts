import { expect, it } from 'vitest';
import { describeImage } from './image-json.js';
import { sortedJson } from './sorted-json.js';

const config = {
  architecture: 'arm64',
  os: 'linux',
  created: '2026-01-02T03:04:05Z',
  config: { Cmd: ['sh'], Labels: { b: '1', a: '2' } },
  rootfs: { type: 'layers', diff_ids: ['sha256:1', 'sha256:2'] },
  history: [
    { created: '2025-01-01T00:00:00Z', created_by: 'ADD rootfs' },
    { created_by: 'ENV A=1', empty_layer: true },
    { created_by: 'RUN make' },
  ],
};
const chain = ['base', 'top'];

it('the topmost has the configuration, those below the step that made them', () => {
  expect(sortedJson(describeImage({ config, chain, at: 1, size: 7 }))).toBe(
    '{"Size":7,"architecture":"arm64","config":{"Cmd":["sh"],"Labels":{"a":"2","b":"1"}},' +
      '"container_config":{"Cmd":["RUN make"]},"created":"2026-01-02T03:04:05Z","id":"top","os":"linux","parent":"base"}',
  );
  expect(describeImage({ config, chain, at: 0, size: 3 })).toEqual({
    id: 'base',
    Size: 3,
    os: 'linux',
    architecture: 'arm64',
    created: '2025-01-01T00:00:00Z',
    container_config: { Cmd: ['ADD rootfs'] },
  });
});

it('what a configuration says of its id and parent counts nothing, nor does a history of other layers', () => {
  const odd = { id: 'evil', parent: 'evil', Size: 'evil', history: [null, 'x', { created_by: 4 }], created: 5 };
  expect(describeImage({ config: odd, chain: ['top'], at: 0, size: 0 })).toEqual({
    id: 'top',
    Size: 0,
    created: '1970-01-01T00:00:00Z',
  });
  expect(describeImage({ config: { ...odd, parent: 'evil' }, chain: ['top'], at: 0, size: 0 })).not.toHaveProperty(
    'parent',
  );
  expect(describeImage({ config: undefined, chain, at: 1, size: 0 })).toMatchObject({ id: 'top', parent: 'base' });
});

import { expect, test } from 'vitest';
import { listingText } from './listing.js';

const plays = [
  {
    name: 'registries',
    place: { file: 'site.yaml', line: 1, column: 3 },
    hosts: ['registry1', 'registry2'],
    tags: ['lab'],
    tasks: [
      { name: 'file /etc/motd', tags: ['lab'] },
      { name: 'package docker.io', role: 'docker-config', tags: ['lab', 'docker'] },
      { name: 'images', role: 'image-sync', tags: ['lab'], stage: true },
    ],
  },
];
const nothing = { tags: [], skipTags: [], listHosts: false, listTasks: false, listTags: false };

test('hosts of each play', () => {
  expect(listingText('site.yaml', plays, { ...nothing, listHosts: true })).toMatchInlineSnapshot(`
    "
    playbook: site.yaml

      play #1 (registries)	TAGS: [lab]
        hosts (2):
          registry1
          registry2
    "
  `);
});

test('tasks and tags of each play', () => {
  expect(listingText('site.yaml', plays, { ...nothing, listTasks: true, listTags: true })).toMatchInlineSnapshot(`
    "
    playbook: site.yaml

      play #1 (registries)	TAGS: [lab]
        tasks:
          file /etc/motd	TAGS: [lab]
          docker-config : package docker.io	TAGS: [lab, docker]
          image-sync : images (its tasks are known when it is reached)	TAGS: [lab]
          TASK TAGS: [docker, lab]
    "
  `);
});

test('only the tasks that the tags choose', () => {
  const chosen = listingText('site.yaml', plays, { ...nothing, listTasks: true, listTags: true, tags: ['docker'] });
  expect(chosen).toContain('docker-config : package docker.io');
  expect(chosen).not.toContain('file /etc/motd');
});

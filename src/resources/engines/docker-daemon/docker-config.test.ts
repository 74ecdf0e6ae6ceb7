import { describe, expect, it } from 'vitest';
import { insecureRegistryError, mirrorError, refusedIn } from './dockerd-rules.js';
import { editDaemonJson } from './edit-daemon-json.js';
import { logOptionError } from './log-drivers.js';

/** Seen of dockerd 20.10.24 on a reload. */
describe('what dockerd refuses', () => {
  it.each([
    'a_b:5000',
    'a:5000/team',
    'a:5000/',
    'a.:5000',
    '-a:5000',
    'a:99999',
    'a:',
    '10.0.0.0/33',
    '*.a',
    'a..b',
    '',
  ])('as an insecure registry: %j', (entry) => expect(insecureRegistryError(entry)).toMatch(/^must be host/));
  it.each([
    'a',
    'A.b-c:5000',
    '[::1]:5000',
    '2001:db8::1',
    '10.0.0.0/8',
    '2001:db8::/32',
    'HTTP://a:5000',
    'docker.io',
  ])('is not the insecure registry %j', (entry) => expect(insecureRegistryError(entry)).toBeUndefined());
  it.each([
    'http://r:5000/x',
    'http://r:5000//',
    'http://u:p@r',
    'http://',
    'r:5000',
    'http://r:x',
    'ftp://r',
    'http://r?x',
  ])('as a mirror: %j', (mirror) => expect(mirrorError(mirror)).toMatch(/^must be the URL/));
  it.each(['http://r:5000', 'HTTPS://mirror.example.com/', 'http://[::1]:5000'])('is not the mirror %j', (mirror) =>
    expect(mirrorError(mirror)).toBeUndefined());

  it('as an option of a log driver', () => {
    expect(logOptionError('journald', 'max-size', '10m')).toBe(
      'is no option of the log driver journald, but of json-file, local',
    );
    expect(logOptionError('json-file', 'max-sizes', '10m')).toContain('Did you mean max-size?');
    expect(logOptionError('json-file', 'max-size', '10q')).toBe('must be a size: 10m, not 10q');
    expect(logOptionError('local', 'max-file', '0')).toBe('must be a number from 1 on, not 0');
    expect(logOptionError('json-file', 'mode', 'non-blocking')).toBeUndefined();
    expect(logOptionError('loki/plugin', 'loki-url', 'x')).toBeUndefined();
  });
});

describe('keys of daemon.json', () => {
  const edit = (before: unknown, merge: Record<string, unknown>, exclusive: string[] = []) => {
    const edited = editDaemonJson(JSON.stringify(before), { merge, exclusive });
    return typeof edited === 'string' ? edited : { ...edited, text: JSON.parse(edited.text) };
  };

  it('lose what dockerd refuses where they are ours, so that a corrected site mends what an earlier run has put in', () => {
    expect(
      edit(
        { 'insecure-registries': ['a:1/team', 'b:1'], 'registry-mirrors': ['r:5000'] },
        { 'insecure-registries': ['a:1'] },
      ),
    ).toEqual({
      text: { 'insecure-registries': ['b:1', 'a:1'], 'registry-mirrors': ['r:5000'] },
      summary: 'removed insecure-registries "a:1/team", which dockerd refuses; added insecure-registries "a:1"',
      overwrites: false,
    });
    expect(
      edit({ 'log-driver': 'journald', 'log-opts': { 'max-size': '1m', tag: 'x' } }, { 'log-driver': 'journald' }),
    ).toMatchObject({
      text: { 'log-opts': { tag: 'x' } },
      overwrites: false,
    });
    expect(edit({ debug: 'yes' }, { debug: true })).toMatchObject({ text: { debug: true }, overwrites: false });
  });

  it('are as given where they are exclusive, which overwrites', () => {
    const lists = { 'registry-mirrors': ['http://new'], 'insecure-registries': ['a:1'] };
    expect(
      edit({ 'registry-mirrors': ['http://old', 'http://new'], 'insecure-registries': ['old:1'] }, lists, [
        'registry-mirrors',
      ]),
    ).toMatchObject({
      text: { 'registry-mirrors': ['http://new'], 'insecure-registries': ['old:1', 'a:1'] },
      overwrites: true,
    });
  });

  it('are refused where dockerd would not start with the whole of them', () => {
    expect(edit({ 'log-driver': 'journald' }, { 'log-opts': { 'max-size': '10m' } })).toBe(
      ': log-opts.max-size is no option of the log driver journald, but of json-file, local',
    );
    expect(refusedIn({ 'log-opts': { 'max-size': '10m' } })).toEqual([]);
  });
});

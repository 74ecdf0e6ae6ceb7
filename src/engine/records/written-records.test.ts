import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/kit/folder-of.js';
import { joinSh } from '../../sh.js';
import { parseFacts } from '../facts/facts.js';
import { folderInHome, RecordPlaces } from './record-places.js';
import { WrittenRecords, writtenFile } from './written-records.js';

const exportsFile = { key: 'path:/etc/exports', value: 'sha256:1' };

/** Host of the user deploy, whose home is a folder; its records are read anew each time, as the facts script does. */
function hostIn(home: string) {
  const file = join(home, folderInHome, writtenFile);
  const stdout = `user=deploy\nuid=1000\nhome=${home}\nend=facts`;
  const places = new RecordPlaces(parseFacts({ status: 0, stdout, stderr: '' }).facts, false);
  const lines = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'));
  return {
    file,
    lines,
    read: (own: readonly string[] = lines()) => new WrittenRecords(places, { system: [], own }),
    run: (record: ReturnType<WrittenRecords['recordScript']>) => execFileSync('sh', ['-c', String(record?.script)]),
  };
}

describe('the records of what was written', () => {
  it('are read by the next run, and are for their user alone', () => {
    const host = hostIn(folderOf({}));
    host.run(host.read([]).recordScript([exportsFile], false));
    expect(host.read().valuesOf(exportsFile.key)).toEqual(['sha256:1']);
    expect(statSync(host.file).mode & 0o777).toBe(0o600);
  });

  it('know the own text before, as the last write may not have come to its end', () => {
    const host = hostIn(folderOf({}));
    host.run(host.read([]).recordScript([exportsFile], false));
    host.run(host.read().recordScript([{ ...exportsFile, value: 'sha256:2', before: 'sha256:1' }], false));
    expect(host.read().valuesOf(exportsFile.key)).toEqual(['sha256:2', 'sha256:1']);
  });

  it('do not take a text that somebody else wrote for an own one', () => {
    const host = hostIn(folderOf({}));
    host.run(host.read([]).recordScript([{ ...exportsFile, before: 'sha256:edited' }], false));
    expect(host.read().valuesOf(exportsFile.key)).toEqual(['sha256:1']);
  });

  it('outlive a line that was cut: the next one is whole', () => {
    const home = folderOf({ [join(folderInHome, writtenFile)]: '\n{"key":"path:/etc/mo' });
    const host = hostIn(home);
    host.run(host.read().recordScript([exportsFile], false));
    expect(host.read().valuesOf(exportsFile.key)).toEqual(['sha256:1']);
  });

  it('are written anew once most of their lines count no more, without files that are gone', () => {
    const host = hostIn(folderOf({}));
    const records = host.read([]);
    host.run(records.recordScript([{ key: 'path:/etc/passwd', value: 'sha256:p' }], false));
    host.run(records.recordScript([{ key: 'path:/srv/gone', value: 'sha256:g' }], false));
    const texts = Array.from({ length: 110 }, (_, n) => ({ ...exportsFile, value: `sha256:${n}` }));
    const scripts = texts.flatMap((text) => records.recordScript([text], false)?.script ?? []);
    host.run({ script: joinSh(scripts), as: false });
    expect(host.lines().length).toBeLessThan(20);
    expect(host.read().valuesOf(exportsFile.key)).toEqual(['sha256:109']);
    expect(host.read().valuesOf('path:/etc/passwd')).toEqual(['sha256:p']);
    expect(host.read().valuesOf('path:/srv/gone')).toEqual([]);
  });

  it('are written by the user who can, where the user of the change has no place for them', () => {
    const host = hostIn(folderOf({}));
    expect(host.read([]).recordScript([exportsFile], { user: 'postgres' })?.as).toBe(false);
    expect(host.read([]).recordScript([exportsFile], { user: 'root' })).toMatchObject({ as: { user: 'root' } });
  });

  it('need no folder that can be written: the change is made all the same', () => {
    const home = folderOf({ '.local': 'a file in the way' });
    const host = hostIn(home);
    expect(() => host.run(host.read([]).recordScript([exportsFile], false))).toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { inShort, readText } from '../../../test/kit/lists/read-text.js';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { readImageList } from './read.js';

const digest = `sha256:${'ab12cd'.repeat(11).slice(0, 64)}`;

describe('our own list', () => {
  it('is a list of names, and of maps where more is to be said', async () => {
    const text = `# what the site needs
images:
  - busybox
  - team/web:1.4
  - registry.example.com:5000/team/db:13.0-46
  - team/web@${digest}
  - team/web:1.5@${digest}
  - name: team/api
    tags: [1, "2.0", 2.1-alpine]
    target: mirror/api
    platforms: [linux/amd64, linux/arm64]
  - {name: team/worker, tag: 7, target: "depot:5000/jobs/worker", target_tag: stable, attachments: none}
  - name: library/alpine
    source: docker.io
    include: ["3.*", '/edge-\\d+/']
    exclude: "*-rc*"
    semver: ">=3.18"
    latest: 3
  - {name: nginx, source: docker.io, target: "{repository}"}
repositories:
  - catalog: {include: [team/*, '/infra\\/(dns|ntp)/'], exclude: team/old-*}
    target: mirror/{repository}
    tag: stable
  - {catalog: true, source: old.example.com, target: "depot:5000/old/{repository}"}
`;
    const { list, errors } = await readText(text);
    expect(errors).toBe('');
    expect(inShort(list)).toMatchInlineSnapshot(`
      "3: /busybox -> busybox | :latest
      4: /team/web -> team/web | :1.4
      5: registry.example.com:5000/team/db -> team/db | :13.0-46
      6: /team/web -> team/web | @sha256:ab12cd…
      7: /team/web -> team/web | :1.5@sha256:ab12cd…
      8: /team/api -> mirror/api | :1 | :2.0 | :2.1-alpine | linux/amd64,linux/arm64
      12: /team/worker -> depot:5000/jobs/worker | :7=>stable | attachments none
      13: docker.io/library/alpine -> library/alpine | allow 3.*,/edge-\\d+/ deny *-rc* semver >=3.18 latest 3
      19: docker.io/library/nginx -> library/nginx | :latest
      21: /[team/*,/infra\\/(dns|ntp)/ not team/old-*] -> mirror/{repository} | :stable
      24: old.example.com/[ not ] -> depot:5000/old/{repository} | allow  deny  semver - latest -"
    `);
  });

  it('may be the list alone, and empty', async () => {
    expect(inShort((await readText('- a:1\n- b\n')).list)).toMatchInlineSnapshot(`
      "1: /a -> a | :1
      2: /b -> b | :latest"
    `);
    expect((await readText('[]\n')).list?.wanted).toEqual([]);
  });

  const errorsOf = async (...lines: string[]) => (await readText(`${lines.join('\n')}\n`)).errors;

  it('says what is wrong with names', async () => {
    const lines = ['- team/Web:1', '- a:b:c', '- https://x.org/a', '- a@sha256:12', '- ""', '- 5'];
    expect(await errorsOf(...lines)).toMatchInlineSnapshot(`
      "1:3 not an image: repositories are written in small letters: team/web, found text "team/Web:1"
      2:3 not an image: "a:b" is not the path of a repository, found text "a:b:c"
      3:3 not an image: write it without http:// or docker://, found text "https://x.org/a"
      4:3 not an image: "sha256:12" is not a digest (sha256: and 64 hexadecimal digits), found text "a@sha256:12"
      5:3 not an image: "" is not the path of a repository, found text ""
      6:3 expected text or a map, found number 5"
    `);
  });

  it('says what is wrong with keys', async () => {
    const lines = [
      '- {nmae: a, tag: 1}',
      '- {name: a, tag: "x y", tags: []}',
      '- {name: a, latest: 0, attachments: some}',
    ];
    expect(await errorsOf(...lines)).toMatchInlineSnapshot(`
      "1:4 unknown key "nmae" (did you mean "name"? expected name, catalog, source, tag, tags, digest, target, target_tag, platforms, include, exclude, semver, latest, newest, immutable or attachments)
      1:3 this needs name (a repository), or catalog
      2:18 tag: must be a tag: letters, digits, "_", "." and "-", at most 128, found text "x y"
      2:31 tags: must not be empty, found an empty list
      3:21 latest: must be at least 1, found number 0
      3:37 attachments: expected "all", "once" or "none", found text "some""
    `);
  });

  it('says what does not go together', async () => {
    const lines = [
      '- {name: a:1, tag: 2}',
      '- {name: a, tag: 1, tags: [2]}',
      '- {name: a, catalog: true}',
      '- {target: x}',
    ];
    expect(await errorsOf(...lines, '- {name: x.org/a, source: y.org}')).toMatchInlineSnapshot(`
      "1:20 tag: the name has the tag 1 already, found number 2
      2:27 tags: give tag or tags, not both
      3:22 catalog: give name or catalog, not both, found boolean true
      4:3 this needs name (a repository), or catalog
      5:27 source: the name says that it comes from x.org, found text "y.org""
    `);
  });

  it('says what is wrong with targets', async () => {
    const lines = [
      '- {name: a, tags: [1, 2], target_tag: x}',
      '- {catalog: true, target: mirror}',
      '- {name: a, target: "B"}',
    ];
    expect(await errorsOf(...lines, '- {name: a, tags: [1, 2], target: b:3}')).toMatchInlineSnapshot(`
      "1:39 target_tag: only one image can have it, and this entry may be several, found text "x"
      2:27 target: all repositories would land on one: write it with {repository}, as mirror/{repository}, found text "mirror"
      3:21 target: not a repository: repositories are written in small letters: b, found text "B"
      4:35 target: it has a tag, and this entry may be several images, found text "b:3""
    `);
  });

  it('says what is wrong with patterns', async () => {
    const lines = ["- {name: a, include: '/(/'}", '- {name: a, semver: newest}', '- {name: a, tag: 1, latest: 2}'];
    const more = ['- {name: a, platforms: [x86_64, linux/amd46]}', '- {catalog: {includes: x}}'];
    expect(await errorsOf(...lines, ...more)).toMatchInlineSnapshot(`
      "1:22 include: not a regular expression: a ( is never closed, found text "/(/"
      2:21 semver: must be a range of versions, as ">=1.2 <2", found text "newest"
      3:29 latest: there are no patterns that it could choose from: give include or semver too, or no tag, found number 2
      4:25 platforms[0]: must be os/arch or os/arch/variant: linux/amd64, found text "x86_64"
      4:33 platforms[1]: did you mean linux/amd64?, found text "linux/amd46"
      5:14 catalog: unknown key "includes" (did you mean "include"? expected include or exclude)"
    `);
  });

  it('says which tags YAML reads as other numbers', async () => {
    expect(await errorsOf('- {name: a, tag: 13.0}', '- name: b', '  tags: [1.10, 7, 0x10]')).toMatchInlineSnapshot(`
      "1:18 tag: YAML reads 13.0 as the number 13, which is another tag (put it in quotes: "13.0")
      3:10 tags: YAML reads 1.10 as the number 1.1, which is another tag (put it in quotes: "1.10")
      3:19 tags: YAML reads 0x10 as the number 16, which is another tag (put it in quotes: "0x10")"
    `);
  });
});

describe('one image a line', () => {
  it('has comments, and says where it goes after "="', async () => {
    const text = `# base images
busybox:1.36
registry.example.com/team/web:2   # the new one

  alpine@${digest}
quay.io/a/b:1=depot:5000/mirror/b:2
quay.io/a/c=mirror/c
`;
    const { list, errors } = await readText(text, { file: 'images' });
    expect(errors).toBe('');
    expect(inShort(list)).toMatchInlineSnapshot(`
      "2: /busybox -> busybox | :1.36
      3: registry.example.com/team/web -> team/web | :2
      5: /alpine -> alpine | @sha256:ab12cd…
      6: quay.io/a/b -> depot:5000/mirror/b | :1=>2
      7: quay.io/a/c -> mirror/c | :latest"
    `);
  });

  it('says which line is wrong', async () => {
    const text = 'busybox:1.36 alpine:3\nTeam/web\nquay.io/a=b=c\nquay.io/A=b\nquay.io/a=B:1\n';
    expect((await readText(text, { file: 'images.txt' })).errors).toMatchInlineSnapshot(`
      "1:1 "busybox:1.36 alpine:3" is not an image: "busybox:1.36 alpine" is not the path of a repository (one image a line)
      3:1 "quay.io/a=b=c" is not SOURCE=TARGET: it has two "="
      4:1 "quay.io/A=b" is not SOURCE=TARGET: the source is no image: repositories are written in small letters: a
      5:1 "quay.io/a=B:1" is not SOURCE=TARGET: the target is no repository: repositories are written in small letters: b"
    `);
  });
});

describe('a list of no known format', () => {
  it('that cannot be read says why', async () => {
    const diagnostics = new Diagnostics();
    expect(await readImageList('/none/such.yaml', {}, diagnostics)).toBeUndefined();
    expect(diagnostics.all.map(({ message }) => message)).toEqual([
      'cannot read /none/such.yaml: no such file or directory',
    ]);
  });

  it('says what may be written', async () => {
    expect((await readText('imagse: [a:1]\n')).errors).toMatchInlineSnapshot(
      `"1:1 this is no list of images of a known format (write a list of name:tag, or images: with one; or give a list of skopeo sync, of regsync, or of TripleO)"`,
    );
    expect((await readText('images: a:1\n')).errors).toMatchInlineSnapshot(
      `"1:9 expected a list, found text "a:1" (write a list: [a:1])"`,
    );
    expect((await readText('images: [a:1\n')).errors).toMatchInlineSnapshot(
      `"1:13 YAML: flow sequence in block collection must be sufficiently indented and end with a ] (check the indentation, and quote text that holds ": " or begins with { or [)"`,
    );
  });
});

import { base, reader } from './slapd-kit.js';

/** Passwords of the directory's users, by what they type as their name. */
export const passwords = {
  alice: 'down the rabbit hole',
  bob: 'can we fix it',
  jane: 'odd, but a DN',
  jürgen: 'grün & größer',
  carl: 'CARLs own',
} as const;

const people = `ou=people,${base}`;
const groups = `ou=groups,${base}`;

/** DN whose parts hold all that DNs and filters give a meaning. */
const janesDn = `cn=Doe\\2C Jane (x) *\\5C\\23,ou=Über \\2B,${people}`;

/** Entries of the tests' directory. */
export const directoryEntries = [
  `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example`,
  `dn: ${reader}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: reading`,
  ...[people, groups, `ou=Über \\2B,${people}`, `ou=left,${people}`, `ou=right,${people}`].map(
    (dn) => `dn:: ${base64(dn)}\nobjectClass: organizationalUnit`,
  ),
  person(`uid=alice,${people}`, ['alice'], 'Alice Liddell', passwords.alice, ['mail: alice@example.com']),
  person(`uid=bob,${people}`, ['bob'], 'Bob', passwords.bob),
  person(`uid=anna,${people}`, ['anna'], 'Anna of the directory', 'another annas password'),
  person(`uid=CARL,${people}`, ['CARL'], 'Carl', passwords.carl),
  person(`uid=jürgen,${people}`, ['jürgen', 'juergen'], 'Jürgen Größe', passwords.jürgen),
  person(janesDn, ['jane'], 'Doe, Jane (x) *\\#', passwords.jane),
  person(`uid=twin,ou=left,${people}`, ['twin'], 'Twin', 'left or right'),
  person(`uid=twin,ou=right,${people}`, ['twin'], 'Twin', 'left or right'),
  person(`uid=nopassword,${people}`, ['nopassword'], 'No Password', undefined),
  person(`uid=library,${people}`, ['library'], 'A reserved word', 'a reserved word'),
  `dn: ou=elsewhere,${people}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/ou=elsewhere,${people}`,
  group('ops', [`uid=alice,${people}`, janesDn]),
  group('staff', [`cn=ops,${groups}`, `cn=everything,${groups}`]),
  group('everything', [`cn=staff,${groups}`]),
  group('Admins', [`uid=bob,${people}`]),
  group('Team Blau & Grün', [`uid=alice,${people}`]),
  // A group of the old kind has names of users; here is one that is called as a user is.
  `dn: cn=wheel,${groups}\nobjectClass: posixGroup\ncn: wheel\ngidNumber: 10\nmemberUid: ops\nmemberUid: bob`,
].join('\n\n');

function person(dn: string, names: string[], cn: string, password: string | undefined, more: string[] = []): string {
  return [
    `dn:: ${base64(dn)}`,
    'objectClass: inetOrgPerson',
    ...names.map((name) => `uid:: ${base64(name)}`),
    `cn:: ${base64(cn)}`,
    'sn: x',
    ...(password === undefined ? [] : [`userPassword:: ${base64(password)}`]),
    ...more,
  ].join('\n');
}

function group(name: string, members: string[]): string {
  const lines = members.map((member) => `member:: ${base64(member)}`);
  return [`dn:: ${base64(`cn=${name},${groups}`)}`, 'objectClass: groupOfNames', `cn:: ${base64(name)}`, ...lines].join(
    '\n',
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

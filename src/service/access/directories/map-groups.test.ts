import { expect, it } from 'vitest';
import { accountNameOf } from './directory-user.js';
import { nameOfDn } from './ldap/ldap-entry.js';
import { fillFilter } from './ldap/ldap-filters.js';
import { mapGroups } from './map-groups.js';

const ops = { name: 'Ops', dn: 'cn=Ops,ou=groups,dc=example,dc=com' };
const odd = { name: 'Team Blau & Grün', dn: 'cn=Team Blau & Grün,ou=groups,dc=example,dc=com' };

it('takes groups by their own names, those that a group can have', () => {
  expect(mapGroups([ops, odd], { map: undefined, adminGroup: undefined })).toEqual({
    groups: [{ name: 'ops', isMapped: false }],
    isAdmin: undefined,
  });
});

it('takes those alone that a map names, by name or DN in any case', () => {
  const map = { 'CN=OPS, OU=groups , dc=example,dc=com': 'operators', 'team blau & grün': 'blue', staff: 'staff' };
  expect(mapGroups([ops, odd], { map, adminGroup: 'cn=ops,ou=groups,dc=example,dc=com' })).toEqual({
    groups: ['blue', 'operators'].map((name) => ({ name, isMapped: true })),
    isAdmin: true,
  });
  expect(mapGroups([odd], { map, adminGroup: 'ops' }).isAdmin).toBe(false);
});

it('has no group of an empty name', () => {
  expect(mapGroups([{ name: '', dn: '' }], { map: { ' ': 'x' }, adminGroup: ' ' })).toEqual({
    groups: [],
    isAdmin: false,
  });
});

it.each([
  ['cn=Ops,ou=x', 'Ops'],
  ['cn=Doe\\, Jane,ou=x', 'Doe, Jane'],
  ['cn=Doe\\2C Jane+uid=x,ou=x', 'Doe, Jane'],
  ['cn=Gr\\C3\\BCn', 'Grün'],
  ['cn=Grün', 'Grün'],
  ['x', ''],
])('reads the name in %s', (dn, name) => {
  expect(nameOfDn(dn)).toBe(name);
});

it('puts values into filters that mean nothing there', () => {
  expect(fillFilter('(&(a={name})(b={dn})(c={other}))', { name: '*)(x=\\\0', dn: '{name}' })).toBe(
    '(&(a=\\2a\\29\\28x=\\5c\\00)(b={name})(c={other}))',
  );
});

it('makes names of accounts', () => {
  expect(['Alice', ' BOB ', 'Carl@Example.com', 'ﬁne', '@x'].map(accountNameOf)).toEqual([
    'alice',
    'bob',
    'carl',
    'fine',
    '',
  ]);
});

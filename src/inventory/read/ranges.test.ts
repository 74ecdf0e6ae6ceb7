import { describe, expect, it } from 'vitest';
import { splitPort } from './host-port.js';
import { expandRanges } from './ranges.js';

describe('ranges in names of hosts', () => {
  it.each([
    ['web', 'web'],
    ['node[08:11]', 'node08 node09 node10 node11'],
    ['node[8:11]', 'node8 node9 node10 node11'],
    ['n[:2].example.com', 'n0.example.com n1.example.com n2.example.com'],
    ['n[1:9:4]', 'n1 n5 n9'],
    ['[a:c]', 'a b c'],
    ['r[1:2]-[a:c:2]', 'r1-a r1-c r2-a r2-c'],
    ['10.0.[0:1].[254:255]', '10.0.0.254 10.0.0.255 10.0.1.254 10.0.1.255'],
  ])('%s stands for %s', (name, expected) => {
    expect(expandRanges(name).join(' ')).toBe(expected);
  });

  it.each([
    ['n[1]', 'a range is [begin:end] or [begin:end:step], not [1]'],
    ['n[1:]', 'a range is [begin:end] or [begin:end:step], not [1:]'],
    ['n[3:1]', '[3:1] begins after its end'],
    ['n[c:a]', '[c:a] begins after its end'],
    ['n[01:100]', '[01:100]: with a leading zero both ends must be equally wide'],
    ['n[1:9:0]', 'the step of [1:9:0] must be a whole number from 1'],
    ['n[a:9]', '[a:9] needs two numbers or two letters'],
    ['n[1:2', 'a bracket without its other one'],
    ['n[1:2]]', 'a bracket without its other one'],
    ['n]', 'a bracket without its other one'],
    ['n[1:100001]', 'it stands for more than 100000 hosts'],
    ['n[1:1000][1:1000]', 'it stands for more than 100000 hosts'],
    ['n[1:9007199254740994]', '[1:9007199254740994] is too large'],
    ['['.repeat(1001), 'a name has at most 1000 characters'],
  ])('%s is refused', (name, message) => {
    expect(() => expandRanges(name)).toThrow(new RangeError(message));
  });

  it.each([
    ['web', { pattern: 'web' }],
    ['web:22', { pattern: 'web', port: 22 }],
    ['web[1:3]', { pattern: 'web[1:3]' }],
    ['web[1:3]:22', { pattern: 'web[1:3]', port: 22 }],
    ['[2001:db8::1]:22', { pattern: '2001:db8::1', port: 22 }],
    ['2001:db8::1', { pattern: '2001:db8::1' }],
  ])('%s is split into name and port', (entry, expected) => {
    expect(splitPort(entry)).toEqual(expected);
  });
});

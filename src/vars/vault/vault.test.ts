import { describe, expect, it } from 'vitest';
import { decryptSealed, seal } from './cipher.js';
import { readEnvelope, writeEnvelope } from './envelope.js';

const written = (text: string, password = 'pw', label?: string) =>
  writeEnvelope({ label, sealed: seal(Buffer.from(text), password) });

describe('a vault', () => {
  it.each(['', 'x', 'fifteen letters', 'sixteen letters!', 'päss wörd\n', 'a'.repeat(1000)])('keeps %j', (text) => {
    const envelope = readEnvelope(written(text));
    if ('problem' in envelope) throw new Error(envelope.problem);
    expect(decryptSealed(envelope.sealed, 'pw')?.toString()).toBe(text);
    expect(decryptSealed(envelope.sealed, 'wp')).toBeUndefined();
  });

  it('is the text of format 1.1, or 1.2 with a label', () => {
    const salt = Buffer.alloc(32, 7);
    const sealed = seal(Buffer.from('swordfish'), 'pw', salt);
    expect(writeEnvelope({ label: undefined, sealed })).toMatchInlineSnapshot(`
      "$ANSIBLE_VAULT;1.1;AES256
      30373037303730373037303730373037303730373037303730373037303730373037303730373037
      3037303730373037303730373037303730373037303730370a313835363565303061336566353135
      39613265326363643866313566613666366330643032396130623565316538313664613230626531
      3365623633613963350a386461333963313635623932643833653739626661616232363161363066
      3064
      "
    `);
    expect(writeEnvelope({ label: 'prod', sealed }).split('\n')[0]).toBe('$ANSIBLE_VAULT;1.2;AES256;prod');
  });

  it('is found damaged when a byte of its text is another', () => {
    const { salt, hmac, ciphertext } = seal(Buffer.from('swordfish'), 'pw');
    const other = Buffer.from(ciphertext);
    other.writeUInt8(other.readUInt8(3) ^ 1, 3);
    expect(decryptSealed({ salt, hmac, ciphertext: other }, 'pw')).toBeUndefined();
  });

  it.each([
    ['hello', '1:1 a vault begins with $ANSIBLE_VAULT;1.1;AES256'],
    ['$ANSIBLE_VAULT;1.0;AES\n00', '1:16 format 1.0 of vaults is not read here, only 1.1 and 1.2'],
    ['$ANSIBLE_VAULT;1.1;AES\n00', '1:20 the cipher of vaults is AES256, found AES'],
    ['$ANSIBLE_VAULT;1.2;AES256\n00', '1:1 a vault of format 1.2 names its id: ;1.2;AES256;ID'],
    ['$ANSIBLE_VAULT;1.1;AES256\n', '1:1 the vault is empty: its text is missing below the header'],
    ['$ANSIBLE_VAULT;1.1;AES256\n3031\n  30x1\n', `3:5 a vault's text is hex, found "x"`],
    ['$ANSIBLE_VAULT;1.1;AES256\n3031\n303\n', '3:1 the vault is cut off: half a byte at its end'],
    ['$ANSIBLE_VAULT;1.1;AES256\n3031\n', '2:1 the vault is damaged: it has not the three parts salt, proof and text'],
  ])('that is none is told with its place: %j', (text, told) => {
    const read = readEnvelope(text);
    expect('problem' in read && `${read.line + 1}:${read.column + 1} ${read.problem}`).toBe(told);
  });

  it('that was cut short anywhere opens with no password and breaks nothing', () => {
    const whole = written('swordfish', 'pw').trimEnd();
    for (let length = 0; length < whole.length; length += 7) {
      const read = readEnvelope(whole.slice(0, length));
      if (!('problem' in read)) expect(decryptSealed(read.sealed, 'pw')).toBeUndefined();
    }
  });
});

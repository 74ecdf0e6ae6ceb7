import { expect, test } from 'vitest';
import { makeAuthority } from '../../../pki/make-authority.js';
import { readTlsRefusal } from './tls-refusal.js';

const openssl = (words: string, number: number) =>
  new Error(
    `80CC:error:0A0:SSL routines:ssl3_read_bytes:${words}:../deps/rec_layer_s3.c:1601:SSL alert number ${number}\n`,
  );

test.each([
  [openssl('sslv3 alert bad certificate', 42), 'it wants the certificate of a client (TLS alert 42, bad certificate)'],
  [
    openssl('tlsv13 alert certificate required', 116),
    'it wants the certificate of a client (TLS alert 116, certificate required)',
  ],
  [openssl('sslv3 alert handshake failure', 40), 'it ends the TLS connection (TLS alert 40, handshake failure)'],
  [openssl('tlsv1 alert protocol version', 70), 'it ends the TLS connection (TLS alert 70, protocol version)'],
  [new Error('socket hang up'), undefined],
  [
    new Error('write EPROTO 801C:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/x.c:350:\n'),
    undefined,
  ],
])('%s', (error, message) => {
  expect(readTlsRefusal(error, 'r.example', undefined)?.message).toBe(message);
});

test('where a certificate is to be put', () => {
  const hint = (number: number) => readTlsRefusal(openssl('sslv3 alert x', number), 'r.example:5000', undefined)?.hint;
  expect([42, 40, 70].map(hint).join('\n')).toMatchInlineSnapshot(`
    "put it and its key into /etc/containers/certs.d/r.example:5000/ or ~/.docker/certs.d/r.example:5000/, as client.cert and client.key
    put it and its key into /etc/containers/certs.d/r.example:5000/ or ~/.docker/certs.d/r.example:5000/, as client.cert and client.key, if it wants the certificate of a client
    "
  `);
});

test('a certificate that is not taken is named', async () => {
  const { certificate } = await makeAuthority('ecdsa', new Date('2026-01-02T03:04:05Z'));
  const refusal = readTlsRefusal(openssl('sslv3 alert certificate expired', 45), 'r.example', certificate);
  expect(refusal?.message.replace(/CA \w{8}/, 'CA NUMBER')).toMatchInlineSnapshot(
    `"it does not take the client certificate CN=provision CA NUMBER, valid until 2036-01-02T03:04:05.000Z (TLS alert 45, certificate expired)"`,
  );
  expect(refusal?.hint).toMatchInlineSnapshot(
    `"give one that is valid now, made for clients, and issued by an authority that the registry accepts for them"`,
  );
});

import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

/* The least that a server of tokens does in Node: a signature by ES256 and an answer of a token's length. */
const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const text = 'x'.repeat(1200);
const server = createServer((_request, response) => {
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  const token = `${text}.${signature.toString('base64url')}`;
  const body = JSON.stringify({ token, access_token: token, expires_in: 300 });
  response.setHeader('Content-Type', 'application/json').setHeader('Content-Length', body.length).end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address?.port}\n`);
});

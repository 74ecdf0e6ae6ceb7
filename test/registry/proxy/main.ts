import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { countingProxy } from './counting-proxy.js';

/*
 * The counting proxy as a process of its own, so that what it costs is not charged to what is measured: options as JSON
 * in the first argument, addresses as JSON on the first line of output, and on a second port GET /counts and POST /reset.
 * It ends when its input does.
 */
const proxy = await countingProxy(JSON.parse(process.argv[2] ?? '{}'));
const control = createServer(async (request, response) => {
  const body = (await buffer(request)).toString();
  const { counts, elsewhere } = proxy;
  if (request.url === '/reset') proxy.reset(JSON.parse(body === '' ? '{}' : body));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ counts, elsewhere }));
});
control.listen(0, '127.0.0.1', () => {
  const { port } = control.address() as AddressInfo;
  console.log(JSON.stringify({ url: proxy.url, host: proxy.host, control: `http://127.0.0.1:${port}` }));
});
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));

import { roundTripProxy } from '../test/kit/connection/round-trips.js';

/* A process that puts 50 ms between this machine and each `address:port` given; says by which ports they are reached then. */
const ports: number[] = [];
for (const target of process.argv.slice(2)) {
  const [host = '', port] = target.split(':');
  ports.push((await roundTripProxy({ host, port: Number(port) })).port);
}
console.log(JSON.stringify(ports));

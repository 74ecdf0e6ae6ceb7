import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AnswerEvent, ServerAnswer } from '../answers/answer.js';
import type { ServerRoute } from '../answers/route.js';

/** Server that events come from. */
export interface EventSource {
  /** Name of the machine, and the port. */
  readonly addr: string;
  /** Another one after each start. */
  readonly instanceID: string;
}

/** Event of a registry, as docker-registry writes it (distribution: notifications, "Events"). */
export interface RegistryEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly action: AnswerEvent['action'];
  readonly target: Readonly<Record<string, string | number>>;
  readonly request: Readonly<Record<string, string>>;
  readonly actor: { readonly name?: string };
  readonly source: EventSource;
}

/** Returns the events of an answer: of a pull one, of a push one a tag. Most answers have none. */
export function answerEvents(
  request: IncomingMessage,
  route: ServerRoute,
  answer: ServerAnswer,
  account: string | undefined,
  source: EventSource,
): readonly RegistryEvent[] {
  if (!('name' in route)) return [];
  const event = answer.event ?? pullOf(request, route, answer);
  if (event === undefined) return [];
  const { method = '', headers, socket } = request;
  const { host = '' } = headers;
  const common = {
    timestamp: new Date().toISOString(),
    action: event.action,
    request: {
      id: randomUUID(),
      addr: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`,
      host,
      method,
      useragent: headers['user-agent'] ?? '',
    },
    actor: account === undefined ? {} : { name: account },
    source,
  };
  const isTls = 'encrypted' in socket || headers['x-forwarded-proto'] === 'https';
  const target = targetOf(event, route.name, `${isTls ? 'https' : 'http'}://${host}`, route.kind === 'manifest');
  const tags = event.tags === undefined || event.tags.length === 0 ? [undefined] : event.tags;
  return tags.map((tag) => ({ id: randomUUID(), ...common, target: tag === undefined ? target : { ...target, tag } }));
}

function targetOf(
  { action, digest, mediaType, size, fromRepository }: AnswerEvent,
  repository: string,
  base: string,
  isManifest: boolean,
): RegistryEvent['target'] {
  const kind = isManifest ? 'manifests' : 'blobs';
  return {
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(size === undefined ? {} : { size }),
    ...(digest === undefined ? {} : { digest }),
    ...(size === undefined ? {} : { length: size }),
    repository,
    ...(fromRepository === undefined ? {} : { fromRepository }),
    ...(action === 'delete' || digest === undefined ? {} : { url: `${base}/v2/${repository}/${kind}/${digest}` }),
  };
}

/** Returns the event of content that is sent: what a HEAD or a cached answer leaves out was not pulled. */
function pullOf({ method }: IncomingMessage, route: ServerRoute, answer: ServerAnswer): AnswerEvent | undefined {
  const { status, headers = {}, body } = answer;
  if (method !== 'GET' || body === undefined || (status !== 200 && status !== 206)) return undefined;
  const digest = String(headers['Docker-Content-Digest'] ?? '');
  if (route.kind === 'blob')
    return { action: 'pull', digest, mediaType: 'application/octet-stream', size: body.length };
  if (route.kind !== 'manifest') return undefined;
  const tags = route.reference.kind === 'tag' ? [route.reference.tag] : [];
  return { action: 'pull', digest, mediaType: String(headers['Content-Type'] ?? ''), size: body.length, tags };
}

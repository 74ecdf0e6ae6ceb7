import { type Sh, sh } from '../../sh.js';
import type { OpenedRegistry } from '../client/open.js';
import { closingAddress } from '../client/upload/upload-requests.js';
import { RegistryError } from '../registry-error.js';
import type { BlobName, ImageSource } from '../source.js';
import type { BlobMover } from './blob-mover.js';

/** Runs a script on the host, as {@link BlobMover} `target` needs it. */
export type RunOnHost = (
  script: Sh,
  options: { readonly stdin: string; readonly deadline: number; readonly onLine: (line: string) => void },
) => Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }>;

interface HostMoverOptions {
  readonly run: RunOnHost;
  /** Returns the options of curl for a registry, `host:port`, that say what it trusts. */
  readonly curlOptions: (registry: string) => readonly string[];
  readonly progress?: (line: string) => void;
  /** Moves what the target does not take in one request. */
  readonly inParts: BlobMover;
  /** Bytes of one request at most; default: all of a blob. */
  readonly largest?: number | undefined;
}

interface QueuedMove {
  readonly blob: BlobName;
  readonly lines: readonly string[];
  readonly done: (failure: RegistryError | undefined) => void;
}

/** Blobs that the host moves beside each other. */
export const movesBeside = 6;
/** Blobs of one script: the tokens that it is given must outlive it. */
const most = 48;
/** Seconds that a script may take. */
const deadline = 6 * 3600;
/** Attempts at a blob. */
const mostTries = 4;

/**
 * Lets the host move the bytes, with curl and sh alone: from one registry to the other, not through this process.
 * Uploads are begun and tokens fetched here; they reach the host on standard input. The target checks the content. What is
 * too large for a request is moved in parts, which is not for the host.
 */
export function hostMover({
  run,
  curlOptions,
  progress,
  inParts,
  largest = Number.POSITIVE_INFINITY,
}: HostMoverOptions): BlobMover {
  let queue: QueuedMove[] = [];
  let running = false;

  async function drain(): Promise<void> {
    if (running) return;
    running = true;
    // The moves of this turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue.slice(0, most);
      queue = queue.slice(most);
      await runBatch(batch);
    }
    running = false;
  }

  async function runBatch(batch: readonly QueuedMove[]): Promise<void> {
    const stdin = batch.flatMap(({ lines }, at) => lines.map((line) => `${at % movesBeside} ${at} ${line}\n`)).join('');
    const results = new Map<number, string>();
    const onLine = (line: string) => {
      const [, at, what] = /^moved (\d+) (.*)$/.exec(line) ?? [];
      if (at === undefined || what === undefined) return;
      results.set(Number(at), what);
      progress?.(`${results.size} of ${batch.length} blobs`);
    };
    let failure: RegistryError | undefined;
    try {
      const reply = await run(movingScript, { stdin, deadline, onLine });
      for (const line of reply.stdout.split('\n')) onLine(line);
      failure = new RegistryError(
        'unreachable',
        `the host ended without a report of it (${reply.stderr.trim() || `exit status ${reply.status}`})`,
      );
    } catch (error) {
      failure = new RegistryError('unreachable', `the host could not run it: ${(error as Error).message}`, {
        cause: error,
      });
    }
    for (const [at, move] of batch.entries()) move.done(moveError(results.get(at), failure));
  }

  return {
    async move(blob, origin, target, repository, session) {
      if (blob.size > largest) return inParts.move(blob, origin, target, repository, session);
      const { source, repository: from } = origin;
      const attempt = `move blob ${blob.digest} of ${source.name}/${from} to ${target.host}/${repository} from the host`;
      const writer = requireOpened(target);
      let upload = session;
      for (let tries = 1; ; tries += 1) {
        upload ??= await writer.beginUpload(repository);
        const [read, write] = await Promise.all([
          requireOpened(source).prepareRequest(`/v2/${from}/blobs/${blob.digest}`, [
            { repository: from, actions: ['pull'] },
          ]),
          writer.prepareRequest(closingAddress(upload, blob.digest), [{ repository, actions: ['pull', 'push'] }]),
        ]);
        const lines = [
          ...configLines('get', read, curlOptions(source.name)),
          ...configLines('put', write, curlOptions(target.host)),
          `go ${blob.size}`,
        ];
        const failure = await new Promise<RegistryError | undefined>((done) => {
          queue.push({ blob, lines, done });
          void drain();
        });
        if (failure === undefined) {
          writer.countSent(blob.size);
          return;
        }
        if (failure.status === 413) {
          progress?.(`${blob.digest} is too large for one request: the controller sends it in parts`);
          return inParts.move(blob, origin, target, repository);
        }
        const error = new RegistryError(failure.kind, `could not ${attempt}: ${failure.message}`, failure);
        if (tries >= mostTries || failure.kind === 'denied') throw error;
        upload = undefined;
      }
    },
  };
}

function requireOpened(side: ImageSource): OpenedRegistry {
  if (!('prepareRequest' in side)) throw new Error(`${side.name} is no registry that a host could be sent to`);
  return side as OpenedRegistry;
}

interface PreparedRequest {
  readonly url: string;
  readonly authorization: string | undefined;
}

/**
 * Writes lines of a curl configuration (curl(1), -K), each with the name of the request before it. A redirect of https
 * leads to no plain http. None leads to where clouds keep their metadata: such connections end at a port that nobody
 * listens on.
 */
function configLines(
  request: 'get' | 'put',
  { url, authorization }: PreparedRequest,
  options: readonly string[],
): string[] {
  return [
    `${request} url = ${quoteForCurl(url)}`,
    `${request} max-redirs = 5`,
    `${request} proto-redir = ${quoteForCurl(url.startsWith('https:') ? '=https' : '=http,https')}`,
    ...metadataHosts.map((host) => `${request} connect-to = ${quoteForCurl(`${host}::127.0.0.1:9`)}`),
    ...(authorization === undefined ? [] : [`${request} header = ${quoteForCurl(`Authorization: ${authorization}`)}`]),
    ...options.map((option) => `${request} ${option}`),
  ];
}

/** curl compares as it is written: an IPv4 address within one of IPv6 has two spellings that it doesn't change. */
const metadataHosts = [
  '169.254.169.254',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '169.254.170.2',
  '[::ffff:169.254.170.2]',
  '[::ffff:a9fe:aa02]',
  '[fd00:ec2::254]',
  'metadata.google.internal',
];

function quoteForCurl(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function moveError(result: string | undefined, otherwise: RegistryError): RegistryError | undefined {
  if (result === undefined) return otherwise;
  if (result === 'ok') return undefined;
  const [, got = '000', put = '000', why = ''] = /^failed (\S+) (\S+) ?(.*)$/s.exec(result) ?? [];
  const status = Number(put) >= 400 ? Number(put) : Number(got);
  const words = [
    ...(got === '200' || got === '206' ? [] : [`the source answered ${got}`]),
    ...(put === '201' || put === '204' || put === '000' ? [] : [`the target answered ${put}`]),
    ...(why === '' ? [] : [why]),
  ];
  const kind = status === 403 ? 'denied' : status === 404 ? 'not-found' : 'unreachable';
  return new RegistryError(kind, words.join(', '), { status });
}

/**
 * Reads requests from standard input: `WORKER NUMBER get|put CONFIGURATION`, then `WORKER NUMBER go SIZE`. Each worker
 * makes its own in order, beside the others; secrets are in no argument and no file. Prints `moved NUMBER ok` or
 * `moved NUMBER failed GET-STATUS PUT-STATUS WHY`. A redirect of the source is followed without the Authorization (curl
 * from 7.58 drops it for another host).
 */
const movingScript: Sh = sh`all=$(cat)
newline='
'
move() {
  printed=$(
    {
      printf '%s' "$get" | curl -sS -f -L -y 30 -Y 1024 --connect-timeout 20 -w '%{stderr}get %{http_code}\n' -K - |
        { printf '%s' "$put" | curl -sS -y 60 -Y 1 --connect-timeout 20 -o /dev/null -w '%{stderr}put %{http_code}\n' \
            -H 'Content-Type: application/octet-stream' -H "Content-Length: $2" -H 'Transfer-Encoding:' -H 'Expect:' \
            -X PUT -T - -K /dev/fd/4 4<&0 <&5; } 5<&0
    } 2>&1
  )
  got=$(printf '%s\n' "$printed" | sed -n 's/^get //p') stored=$(printf '%s\n' "$printed" | sed -n 's/^put //p')
  case "$got $stored" in
    '200 201' | '200 204' | '200 200' | '200 202') echo "moved $1 ok" ;;
    *) printf '%s\n' "moved $1 failed \${got:-000} \${stored:-000} $(printf '%s\n' "$printed" | sed '/^get /d; /^put /d' | head -n 1)" ;;
  esac
}
worker() {
  get= put=
  printf '%s\n' "$all" | while read -r for number what rest; do
    [ "$for" = "$1" ] || continue
    case $what in
      get) get=$get$rest$newline ;;
      put) put=$put$rest$newline ;;
      go) move "$number" "$rest"; get= put= ;;
    esac
  done
}
for each in 0 1 2 3 4 5; do worker $each & done
wait`;

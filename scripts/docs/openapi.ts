import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { makeBareApp } from '../../src/service/http/bare-app.js';
import { addRoutes } from '../../src/service/http/routes/all.js';
import type { ServiceParts } from '../../src/service/service-parts.js';
import { addV1Routes } from '../../src/service/v1/add-v1-routes.js';
import { usedComponents } from './used-components.js';

type Json = Record<string, unknown>;
interface Operation extends Json {
  parameters?: Json[];
  responses: Record<string, Json>;
}

const basics = {
  openapi: '3.1.0',
  info: {
    title: 'provision: the API of a service',
    version: '1',
    description: 'API of `provision serve`: hosts and registries of a site, accounts, rights, the index of images.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    securitySchemes: {
      password: { type: 'http' as const, scheme: 'basic', description: 'Account, and its password or an access token' },
      token: { type: 'http' as const, scheme: 'bearer', description: 'Access token that opens the API' },
      session: { type: 'apiKey' as const, in: 'cookie', name: '__Host-provision' },
    },
  },
  security: [{ password: [] }, { token: [] }, { session: [] }],
};

const problem = {
  type: 'object',
  description: 'Refusal (RFC 9457)',
  properties: {
    type: { type: 'string', description: 'Page that explains it' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, and what to do' },
    instance: { type: 'string', description: 'Id of the request: the log of the service has it' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body, or name of a parameter' },
          detail: { type: 'string' },
        },
        required: ['pointer', 'detail'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance'],
};

/** Names of operations that {@link operationId} would give poor ones. */
const operationIds: Readonly<Record<string, string>> = {
  'get /healthz': 'getHealth',
  'get /readyz': 'getReadiness',
  'get /api/v1/health': 'getHealthReport',
  'get /metrics': 'getMetrics',
  'get /token': 'getRegistryToken',
  'post /token': 'createRegistryToken',
  'get /v2/': 'checkLogin',
  'get /v2/_catalog': 'listCatalog',
  'get /.well-known/jwks.json': 'getKeySet',
  'get /api/v1/problems/{kind}': 'explainProblem',
  'get /api/v1/openapi.json': 'describe',
  'post /api/v1/token-server/rotate': 'rotateTokenKey',
  'post /api/v1/setup': 'setUp',
  'post /api/v1/session': 'logIn',
  'get /api/v1/session': 'whoAmI',
  'delete /api/v1/session': 'logOut',
  'post /api/v1/users/import': 'importUsers',
  'get /api/v1/explain': 'explain',
  'get /api/v1/audit': 'listAuditEvents',
  'get /api/v1/search': 'search',
  'get /api/v1/login-methods': 'getLoginMethods',
  'get /api/v1/oidc/login': 'beginOidcLogin',
  'get /api/v1/oidc/callback': 'finishOidcLogin',
  'post /api/v1/oidc/logout': 'takeOidcLogout',
  'post /api/v1/directories/ldap/look': 'lookUpInLdap',
  'get /api/v1/registries/{registry}/notification-settings': 'getNotificationSettings',
  'post /api/v1/registries/{registry}/notifications': 'takeNotifications',
  'get /api/v1/registries/{registry}/repositories/{repository}': 'getRepository',
  'get /api/v1/registries/{registry}/repositories/{repository}/tags': 'listTags',
  'get /api/v1/registries/{registry}/repositories/{repository}/tags/{tag}/history': 'listTagHistory',
  'get /api/v1/registries/{registry}/repositories/{repository}/images/{digest}': 'getImage',
};

/** Returns the description of the service's API (OpenAPI 3.1), made from the schemas of its routes. */
export async function openApiText(): Promise<string> {
  const app = await makeBareApp(false, {});
  await app.register(swagger, {
    openapi: basics,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  addRoutes(app, partsOfNothing());
  addV1Routes(app, partsOfNothing());
  await app.ready();
  const described = JSON.parse(JSON.stringify(app.swagger())) as Json & { paths: Record<string, Json> };
  await app.close();
  for (const [path, operations] of Object.entries(described.paths)) {
    for (const [method, operation] of Object.entries(operations)) complete(method, path, operation as Operation);
  }
  const components = described.components as Json & { schemas: Json };
  components.schemas = { ...components.schemas, Problem: problem };
  return `${JSON.stringify(usedComponents(described), undefined, 1)}\n`;
}

/** Adds to an operation what all of its kind have. */
function complete(method: string, path: string, operation: Operation): void {
  const isPost = method === 'post';
  operation.operationId = operationIds[`${method} ${path}`] ?? operationId(method, path, operation);
  operation.tags = [path.startsWith('/api/v1/') ? (path.split('/')[3] ?? '') : 'registry clients and watchers'];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response.description === 'Default Response') response.description = STATUS_CODES[status] ?? '';
  }
  if (!path.startsWith('/api/v1/')) return;
  const problems = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  operation.responses.default = { description: 'Refusal', content: problems };
  const headers = [
    ...(method === 'patch' || method === 'delete' ? [header('If-Match', 'ETag of what was read, or `*`')] : []),
    ...('202' in operation.responses ? [header('Prefer', '`wait=SECONDS`: wait for the job, at most 60 s')] : []),
    ...(isPost ? [header('Idempotency-Key', 'Key of this request: sent again with it, it is not done again')] : []),
  ];
  if (headers.length > 0) operation.parameters = [...(operation.parameters ?? []), ...headers];
  if (path.endsWith('/events')) {
    const [ok] = Object.values(operation.responses);
    Object.assign((ok?.content as Json) ?? {}, { 'text/event-stream': { schema: { type: 'string' } } });
  }
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

/** Makes a name of an operation: `listUsers`, `createRobotToken`, `cancelJob`. */
function operationId(method: string, path: string, { responses }: Operation): string {
  const parts = path
    .replace('/api/v1/', '/')
    .split('/')
    .filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const isOne = last.startsWith('{');
  const words = parts.filter((part) => !part.startsWith('{'));
  const isAction =
    method === 'post' && parts.length > 1 && parts.at(-2)?.startsWith('{') === true && !last.endsWith('s');
  if (isAction) return camel([last, ...words.slice(0, -1).map(singular)]);
  const isList = method === 'get' && !isOne && JSON.stringify(responses).includes('"items"') && last.endsWith('s');
  const verb = { get: isList ? 'list' : 'get', post: 'create', put: 'set', patch: 'change', delete: 'delete' }[method];
  const names = words.map((word, i) => (isList && i === words.length - 1 ? word : singular(word)));
  return camel([verb ?? method, ...names]);
}

function camel(words: readonly string[]): string {
  return words
    .flatMap((word) => word.split(/[^A-Za-z0-9]+/).filter((part) => part !== ''))
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/s$/, '');
}

/** Returns parts that routes may take apart as they are added, and none of which does anything. */
function partsOfNothing(): ServiceParts {
  const nothing: ServiceParts = new Proxy(() => nothing, { get: () => nothing }) as unknown as ServiceParts;
  return nothing;
}

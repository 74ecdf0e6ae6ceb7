import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { type BuiltFiles, builtFiles } from './built-files.js';
import { checkout, dist } from './places.js';
import {
  fromTypeScript,
  keepModuleUrls,
  leaveOutCompiler,
  leaveOutFacades,
  leaveOutLanguages,
  leaveOutSourceMaps,
  leaveOutUnusedOfFastify,
  minifyForeign,
} from './plugins.js';

const command = 'src/cli/main';

/** Small modules that need nothing but each other: a chunk for each would cost more to find than to read. */
const small = new RegExp(
  `/src/(?:${[
    'text/',
    'patterns/',
    'files/',
    'cli/terminal/colour',
    'connection/(?:connection|with-deadline)',
    'diagnostics/(?:printable|reason|clock|diagnostic|secrets/sealed-text)',
    'inventory/(?:default-names|read/host-port)',
    'model/(?:is-record|home-folder|login-names|role)',
    'registry/(?:digest|names|registry-error|memoize-async|media-types|attachments-mode|attached-tags)',
    'registry/(?:admin/image-date|archive/trees/limits|server/config/duration)',
    'registry/client/(?:limit-options|tokens/trust|wire/count-requests)',
    'report/text/(?:clock|paint|short-path)',
    'service/config/(?:input-problem|page-themes)',
    'vars/template/template-error',
  ].join('|')})`,
);

/** Packages that every site needs: in a chunk of their own they are minified. They need nothing but each other. */
const foreignOfSites =
  /\/node_modules\/(?:handlebars|jsonc-parser|smol-toml|tar-stream|streamx|b4a|fast-fifo|events-universal|text-decoder)\//;

/** Modules that the service and its jobs' processes share: beside others, the service would read all that runs a site. */
const jobFiles =
  /\/src\/(?:library\/registries\/registries-file|service\/jobs\/child\/(?:child-request|event-file|job-file-names))/;

/** Packages of the service alone, none of which imports what others use. */
const servicePackages =
  /\/node_modules\/(?:fastify|@fastify\/[^/]+|avvio|find-my-way|fast-uri|fastq|kysely|light-my-request|pino|process-warning|secure-json-parse|toad-cache|cookie|fast-json-stringify|safe-regex2|ret|proxy-addr|forwarded|ipaddr\.js|croner|prom-client|tdigest|bintrees|set-cookie-parser)\//;

/** Modules that make certificates, and what they need: read with the first. */
const certificates =
  /\/src\/pki\/(?:issue-certificate|make-authority|sign-fields)|\/node_modules\/(?:@peculiar|asn1js|pvtsutils|pvutils|bytestreamjs)\//;

/** Packages that make HTML of Markdown; the service reads them with the first text. */
const markdownPackages =
  /\/node_modules\/(?:micromark[^/]*|character-entities[^/]*|decode-named-character-reference|devlop|dequal|parse-entities|character-reference-invalid)\//;

/** The SDK of S3 and what it needs, read when a bucket is opened. */
const objectStorage =
  /\/node_modules\/(?:@aws-sdk|@aws-crypto|@smithy|@aws|bowser|tslib|fast-xml-parser|fast-xml-builder|strnum|path-expression-matcher|@nodable|xml-naming|anynum)\//;

/**
 * Bundles the command, the library and the roles. Reading some hundred small modules was half of what a run with nothing
 * to do took. Entries keep the paths of their sources; what they share lies in dist/chunks.
 *
 * Ours is not minified: a stack trace is all that a report of an internal error has, and names are all that makes it
 * readable. Other packages are.
 */
export async function bundleCommand(): Promise<BuiltFiles> {
  const roles = readdirSync(join(checkout, 'roles')).filter((role) =>
    existsSync(join(checkout, 'roles', role, 'index.ts')),
  );
  const entries = [command, 'src/index', 'src/service-client/connect', ...roles.map((role) => `roles/${role}/index`)];
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, join(checkout, `${entry}.ts`)])),
    platform: 'node',
    resolve: fromTypeScript,
    // As `job-files` is without what it needs. No entry has got another export by it.
    preserveEntrySignatures: 'allow-extension',
    // They have native parts, or load files of their own as they run. Those of OpenTelemetry are there for who wants traces.
    external: [
      /^(node-ssh|ssh2|jiti|libsql)$/,
      /^@opentelemetry\/(?:sdk-trace-base|exporter-trace-otlp-http|resources)$/,
    ],
    plugins: [
      keepModuleUrls(),
      leaveOutLanguages(),
      leaveOutCompiler(),
      leaveOutSourceMaps(),
      leaveOutUnusedOfFastify(),
      leaveOutFacades(),
      minifyForeign(),
    ],
    // Our modules do nothing by being loaded: a role that takes `file` from the index needs nothing else that is in it.
    treeshake: { moduleSideEffects: [{ test: /^(?!.*\/node_modules\/).*\/(src|roles)\//, sideEffects: false }] },
  });
  const { output } = await bundle.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: {
      groups: [
        { name: 'words', test: small },
        { name: 'texts', test: foreignOfSites },
        { name: 'semver', test: /\/node_modules\/(?:semver|rfdc)\// }, // Of sites, and of fastify.
        { name: 'service-packages', test: servicePackages },
        { name: 'markdown', test: markdownPackages },
        { name: 'certificates', test: certificates },
        { name: 'object-storage', test: objectStorage },
        { name: 'postgres', test: /\/node_modules\/(?:pg|pg-[^/]+|postgres-[^/]+|pgpass|split2|xtend)\// },
        { name: 'job-files', test: jobFiles, includeDependenciesRecursively: false },
      ],
    },
    comments: false,
  });
  await bundle.close();
  chmodSync(join(dist, `${command}.js`), 0o755);
  return builtFiles(output);
}

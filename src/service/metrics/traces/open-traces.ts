import { InputProblem } from '../../config/input-problem.js';
import { Traces } from './traces.js';
import type { TracesOptions } from './traces-options.js';

/** Packages that send traces. They are not among those of this program: most who run it have no use for them. */
const packages = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
] as const;

/** Loads OpenTelemetry, and begins to send traces. @throws InputProblem where its packages are missing */
export async function openTraces({ endpoint, saidBy }: TracesOptions): Promise<Traces> {
  const [api, sdk, exporters, resources] = await loadPackages(saidBy);
  const named = resources.resourceFromAttributes({ 'service.name': 'provision' });
  // What the environment says of the service is stronger.
  const resource = resources
    .defaultResource()
    .merge(named)
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const exporter = new exporters.OTLPTraceExporter(endpoint === undefined ? {} : { url: endpoint });
  const provider = new sdk.BasicTracerProvider({ resource, spanProcessors: [new sdk.BatchSpanProcessor(exporter)] });
  return new Traces(api, provider.getTracer('provision'), async () => await provider.shutdown());
}

async function loadPackages(saidBy: string) {
  try {
    return await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new InputProblem(
      `${saidBy}: the packages of OpenTelemetry that send traces are not installed beside this program. Run: npm install ${packages.join(' ')}`,
    );
  }
}

/** Address that traces are sent to, and where that was said. */
export interface TracesOptions {
  /** Undefined: as the variables of OpenTelemetry say. */
  readonly endpoint: string | undefined;
  readonly saidBy: string;
}

/**
 * Returns where traces are sent; undefined: nobody has asked for them. Without an option, the variables of OpenTelemetry's
 * specification ask for them and switch them off.
 */
export function tracesOptions(endpoint: string | undefined, env: NodeJS.ProcessEnv): TracesOptions | undefined {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return undefined;
  if (endpoint !== undefined) return { endpoint, saidBy: 'traces_endpoint' };
  const set = (value: string | undefined) => value !== undefined && value.trim() !== '';
  if (set(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT))
    return { endpoint: undefined, saidBy: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' };
  if (set(env.OTEL_EXPORTER_OTLP_ENDPOINT)) return { endpoint: undefined, saidBy: 'OTEL_EXPORTER_OTLP_ENDPOINT' };
  return undefined;
}

import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
// Node 26 deprecates `module.register`, which OpenTelemetry's own page still uses (DEP0205).
import { register } from 'import-in-the-middle/register-hooks.mjs';
import type { TelemetrySettings } from './start-telemetry.ts';

/** The SDK with the instrumentations that work here; Nest's own does nothing on Nest 12. */
export const startSdk = ({ tracesTo, metricsPort, serviceName }: TelemetrySettings): (() => Promise<void>) => {
  register();
  // The default resource would publish the command line and its paths.
  process.env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,os';
  const sdk = new NodeSDK({
    serviceName,
    spanProcessors: tracesTo === undefined ? [] : [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
    metricReaders: metricsPort === undefined ? [] : [new PrometheusExporter({ port: metricsPort, host: '127.0.0.1' })],
    instrumentations: [
      new HttpInstrumentation({ requireParentforOutgoingSpans: true }), // no span for every probe
      new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE] }),
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  });
  sdk.start();
  return () => sdk.shutdown();
};

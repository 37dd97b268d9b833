import type { IncomingMessage, ServerResponse } from 'node:http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
// Node 26 deprecates `module.register`, which OpenTelemetry's own page still uses (DEP0205).
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { operationsPaths } from './operations-server.ts';
import type { TelemetrySettings } from './settings.ts';

export type Sdk = {
  /** Answers with all metrics as Prometheus text. */
  readonly answerMetrics: (request: IncomingMessage, response: ServerResponse) => void;
  readonly stop: () => Promise<void>;
};

/** The SDK with the instrumentations that work here; Nest's own does nothing on Nest 12. */
export const startSdk = ({ tracesTo, operationsPort, serviceName }: TelemetrySettings): Sdk => {
  register();
  // The default resource would publish the command line and its paths.
  process.env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,os';
  // One meter is ours: its name on every series says nothing.
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const sdk = new NodeSDK({
    serviceName,
    spanProcessors: tracesTo === undefined ? [] : [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
    metricReaders: operationsPort === undefined ? [] : [exporter],
    instrumentations: [
      new HttpInstrumentation({
        requireParentforOutgoingSpans: true, // no span for every probe
        ignoreIncomingRequestHook: ({ url = '' }) => operationsPaths.has(url.split('?')[0] ?? ''),
      }),
      new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE] }),
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  });
  sdk.start();
  return {
    answerMetrics: (request, response) => exporter.getMetricsRequestHandler(request, response),
    stop: () => sdk.shutdown(),
  };
};

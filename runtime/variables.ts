import { z } from 'zod'
import { builtInSettings, leastRetention } from '../domain/tenant/settings.ts'
import { parseConnectionString } from '../store/database/connection-string.ts'
import { samplers } from '../traces/tracing-config.ts'
import { allowedNetworks } from './allowed-networks.ts'
import { gatewayVariables } from './gateways/list.ts'
import { attributeList, headerList } from './tracing/forms.ts'
import {
  boolean,
  buildId,
  certificateFile,
  certificates,
  commaList,
  credential,
  deploymentName,
  grpcAddress,
  httpUrl,
  listenHost,
  listOfSeconds,
  networks,
  oneOf,
  plainName,
  privateKey,
  privateKeyFile,
  seconds,
  share,
  whole,
  word,
  workflowBundle,
} from './variable-forms.ts'

const connectionString = z
  .string()
  .trim()
  .superRefine((text, context) => {
    try {
      parseConnectionString(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })
/** Secrets that keys are derived from. */
const secrets = commaList.refine(
  (list) => list.length > 0 && list.every((secret) => secret.length >= 32 && !/[\p{Cc}\p{Cf}]/u.test(secret)),
  'must be one or more secrets of at least 32 visible characters, separated by commas',
)

/** What a worker process can do. */
export const workerParts = ['runs', 'webhooks'] as const
export type WorkerDuty = (typeof workerParts)[number]
const parts = commaList
  .refine(
    (list) => list.length > 0 && list.every((part) => (workerParts as readonly string[]).includes(part)),
    'must be runs, webhooks, or both separated by a comma',
  )
  .transform((list) => list as WorkerDuty[])

/** Maximums of DRAIN_SECONDS and GATEWAY_TIMEOUT_MS. `stop_grace_period` in docker-compose.yml is longer than both. */
export const longestDrain = 600
export const longestGatewayTimeout = 60_000

/** Every environment variable of the programs, with its format. */
export const variables = z.object({
  NODE_ENV: word.optional(),
  PORT: whole(0, 65_535).default(8080),
  HOST: listenHost.default('127.0.0.1'),
  PUBLIC_URL: httpUrl().optional(),
  TRUSTED_PROXIES: networks.default([]),
  KEEP_ALIVE_SECONDS: whole(1, 3_600).default(65),
  DRAIN_SECONDS: whole(0, longestDrain).default(5),
  METRICS_PORT: whole(1, 65_535).optional(),
  METRICS_HOST: listenHost.default('127.0.0.1'),
  DATABASE_URL: connectionString.optional(),
  // Line breaks at its end are pasted along, as in a file. Blanks can be part of a password.
  DATABASE_PASSWORD: z
    .string()
    .transform((text) => text.replace(/[\r\n]+$/, ''))
    .optional(),
  ALLOW_NEWER_SCHEMA: boolean.default(false),
  TEMPORAL_ADDRESS: grpcAddress.optional(),
  TEMPORAL_NAMESPACE: plainName.default('default'),
  TEMPORAL_API_KEY: credential.optional(),
  TEMPORAL_TLS: boolean.optional(),
  TEMPORAL_TLS_SERVER_NAME: listenHost.optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificateFile.optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: certificates.optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: certificateFile.optional(),
  TEMPORAL_TLS_CLIENT_CERT_DATA: certificates.optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: privateKeyFile.optional(),
  TEMPORAL_TLS_CLIENT_KEY_DATA: privateKey.optional(),
  TEMPORAL_DEPLOYMENT_NAME: deploymentName.optional(),
  TEMPORAL_WORKER_BUILD_ID: buildId.optional(),
  TEMPORAL_UI_URL: httpUrl({ path: true }).optional(),
  RUNBOOK_URL: httpUrl({ path: true }).optional(),
  ...gatewayVariables,
  SETUP_LINK_SECRETS: secrets.optional(),
  GATEWAY_KEYS: secrets.optional(),
  WEBHOOK_SECRET_KEYS: secrets.optional(),
  WEBHOOK_ALLOWED_NETWORKS: allowedNetworks.default([]),
  WORKER_DOES: parts.default([...workerParts]),
  WORKFLOW_BUNDLE: workflowBundle.optional(),
  TASK_QUEUE: plainName.default('onboarding'),
  GATEWAY_TIMEOUT_MS: whole(10, longestGatewayTimeout).default(20_000),
  RETRY_PAUSE_MAX_MS: whole(10, 86_400_000).default(300_000),
  LINK_LIFE_SECONDS: seconds.default(builtInSettings.linkLife),
  REMINDERS_SECONDS: listOfSeconds.default(builtInSettings.reminders),
  EXPIRY_GRACE_SECONDS: seconds.default(builtInSettings.expiryGrace),
  GATEWAY_EVENT_RETENTION_DAYS: whole(leastRetention, 3_650).default(90),
  RATE_LIMIT_PER_MINUTE: whole(1, 100_000_000).default(30_000),
  RATE_LIMIT_FAILURES_PER_MINUTE: whole(1, 100_000_000).default(120),
  RATE_LIMIT_STORE: oneOf(['memory', 'postgres']).default('memory'),
  HSTS_SECONDS: whole(0, 315_360_000).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl({ path: true }).optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headerList.default({}),
  OTEL_TRACES_EXPORTER: oneOf(['otlp', 'none']).optional(),
  OTEL_SDK_DISABLED: boolean.default(false),
  OTEL_SERVICE_NAME: plainName.optional(),
  OTEL_RESOURCE_ATTRIBUTES: attributeList.default({}),
  OTEL_TRACES_SAMPLER: oneOf(samplers).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: share.default(1),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  LOG_FORMAT: oneOf(['pretty', 'json']).optional(),
})

export type Variables = z.infer<typeof variables>

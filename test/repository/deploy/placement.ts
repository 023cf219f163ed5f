import { readFile } from './compose.ts'

// For which process each variable of .env.example is meant. A new variable fails the tests until it has a line here.

const both = ['api', 'worker'] as const
/** The job that runs the migrations needs the database alone. */
const database = [...both, 'migrate'] as const

type Process = (typeof database)[number]

/** The processes that read each variable. */
export const readBy: Record<string, readonly Process[]> = {
  ...placed(database, 'DATABASE_URL DATABASE_PASSWORD'),
  ...placed(both, 'ALLOW_NEWER_SCHEMA PUBLIC_URL METRICS_PORT METRICS_HOST LOG_LEVEL LOG_FORMAT'),
  ...placed(both, 'TEMPORAL_ADDRESS TEMPORAL_NAMESPACE TEMPORAL_API_KEY TASK_QUEUE'),
  ...placed(both, 'TEMPORAL_TLS TEMPORAL_TLS_SERVER_NAME'),
  ...placed(both, 'TEMPORAL_TLS_SERVER_CA_CERT_PATH TEMPORAL_TLS_CLIENT_CERT_PATH TEMPORAL_TLS_CLIENT_KEY_PATH'),
  ...placed(both, 'TEMPORAL_TLS_SERVER_CA_CERT_DATA TEMPORAL_TLS_CLIENT_CERT_DATA TEMPORAL_TLS_CLIENT_KEY_DATA'),
  ...placed(both, 'STRIPE_LIVE_SECRET_KEY STRIPE_LIVE_PUBLISHABLE_KEY STRIPE_LIVE_WEBHOOK_SECRET'),
  ...placed(both, 'STRIPE_TEST_SECRET_KEY STRIPE_TEST_PUBLISHABLE_KEY STRIPE_TEST_WEBHOOK_SECRET'),
  ...placed(both, 'STRIPE_LIVE_CONNECT_WEBHOOK_SECRET STRIPE_TEST_CONNECT_WEBHOOK_SECRET'),
  ...placed(both, 'STRIPE_LIVE_CUSTOMER_OWNERSHIP STRIPE_TEST_CUSTOMER_OWNERSHIP STRIPE_API_URL STRIPE_JS_URL'),
  ...placed(both, 'PAYPAL_LIVE_CLIENT_ID PAYPAL_LIVE_CLIENT_SECRET PAYPAL_LIVE_WEBHOOK_ID'),
  ...placed(both, 'PAYPAL_TEST_CLIENT_ID PAYPAL_TEST_CLIENT_SECRET PAYPAL_TEST_WEBHOOK_ID'),
  ...placed(both, 'PAYPAL_LIVE_CUSTOMER_OWNERSHIP PAYPAL_TEST_CUSTOMER_OWNERSHIP'),
  ...placed(both, 'PAYPAL_API_URL PAYPAL_JS_URL PAYPAL_WEBHOOK_ROOT'),
  ...placed(both, 'GATEWAY_KEYS WEBHOOK_SECRET_KEYS WEBHOOK_ALLOWED_NETWORKS GATEWAY_TIMEOUT_MS'),
  ...placed(both, 'OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_HEADERS OTEL_TRACES_EXPORTER OTEL_SDK_DISABLED'),
  ...placed(both, 'OTEL_SERVICE_NAME OTEL_RESOURCE_ATTRIBUTES OTEL_TRACES_SAMPLER OTEL_TRACES_SAMPLER_ARG'),
  ...placed(both, 'LINK_LIFE_SECONDS REMINDERS_SECONDS EXPIRY_GRACE_SECONDS'),
  ...placed(['api'], 'PORT HOST TRUSTED_PROXIES HSTS_SECONDS KEEP_ALIVE_SECONDS DRAIN_SECONDS'),
  ...placed(['api'], 'RATE_LIMIT_PER_MINUTE RATE_LIMIT_STORE RATE_LIMIT_FAILURES_PER_MINUTE'),
  ...placed(['api'], 'SETUP_LINK_SECRETS TEMPORAL_UI_URL'),
  ...placed(
    ['worker'],
    'RUNBOOK_URL WORKER_DOES RETRY_PAUSE_MAX_MS WORKFLOW_BUNDLE TEMPORAL_DEPLOYMENT_NAME TEMPORAL_WORKER_BUILD_ID',
  ),
  ...placed(['worker'], 'GATEWAY_EVENT_RETENTION_DAYS'),
}

/** Of which the image has its own. */
export const notForKubernetes = ['WORKFLOW_BUNDLE']

/** The containers of docker-compose.yml that alone read these. */
export const readByContainers: Record<string, readonly string[]> = {
  POSTGRES_PASSWORD: ['postgres', 'roles'],
  TEMPORAL_DATABASE_PASSWORD: ['roles', 'temporal-schema', 'temporal'],
  BACKUP_KEEP: ['backup'],
  GRAFANA_PASSWORD: ['grafana'],
}
/** Those that also need a variable of our programs. */
export const alsoReadByContainers: Record<string, readonly string[]> = {
  DATABASE_PASSWORD: ['roles', 'backup'],
  TEMPORAL_NAMESPACE: ['temporal-setup'],
}

/** Variables of `npm start` alone. */
export const ofLocalStack = ['LOCAL_DIR', 'POSTGRES_PROGRAMS', 'TEMPORAL_CLI_PATH']

function placed(processes: readonly Process[], names: string): Record<string, readonly Process[]> {
  return Object.fromEntries(names.split(' ').map((name) => [name, processes]))
}

/** The variables of .env.example with their values, and whether their comment says that compose passes them on. */
export const example = [...readFile('.env.example').matchAll(/((?:^#.*\n)*)^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
  ([, comment = '', name = '', value = '']) => ({ name, value, forCompose: !/not for compose/i.test(comment) }),
)

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { variables } from '../../runtime/variables.ts'
import { temporaryFolder } from '../../tools/local/folders.ts'
import { all, problems } from './problems.ts'

const certificateFile = fileURLToPath(new URL('../support/root-certificate.pem', import.meta.url))
const certificate = readFileSync(certificateFile, 'utf8')
const folder = temporaryFolder('variables')
const bundleFile = join(folder, 'bundle.js')
writeFileSync(bundleFile, 'code\n//# sourceMappingURL=data:application/json;base64,e30=\n')
afterAll(() => rmSync(folder, { recursive: true }))

/** Rejected and accepted values of each variable. */
const forms: Record<string, { wrong: string[]; right: string[] }> = {
  PORT: { wrong: ['abc', '-1', '65536', '80.5', '1e3', '0x50', '80 81', ' '], right: ['0', '8080', ' 8080 '] },
  HOST: {
    wrong: ['http://127.0.0.1', '127.0.0.1:80', '[::1]:80', 'a b', '300.1.1.1', '1', '/tmp/socket', '*'],
    right: ['0.0.0.0', '::', '::1', 'localhost', 'api.internal', 'api_1'],
  },
  PUBLIC_URL: {
    wrong: [
      ...['pay.example.com', 'ftp://pay.example.com', 'http:/pay.example.com', 'http:\\\\pay.example.com', 'https://'],
      ...['https://pay.example.com/billing', 'https://pay.example.com/?x=1', 'https://pay.example.com?', 'https://a b'],
      ...['https://pay.example.com/#top', 'https://user@pay.example.com', 'https://user:x@pay.example.com'],
      ...[
        'https://pay.example.com;x',
        "https://pay.example'x",
        'https://a,b',
        'https://a*',
        'https://a..b',
        'https://-',
      ],
      ...['https://pay.example.com:99999', 'https://pay.example.com\u200b', 'https://pay.exam\nple.com'],
    ],
    right: [
      'https://pay.example.com',
      'https://pay.example.com/',
      'http://127.0.0.1:8080',
      'https://[2001:db8::1]:8443',
      'https://möstermann.swiss',
      ' https://pay.example.com\n',
    ],
  },
  TRUSTED_PROXIES: {
    wrong: [
      ...['true', '1', 'nginx', '*', '10.0.0.0/33', '10.0.0.0/8; 127.0.0.1', '10.0.0.0/8 127.0.0.1', '127.0.0.1:80'],
      ...['loopback', '[::1]', '0.0.0.0/0', '::/0', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%eth0', '10.0.0.0/8,nginx'],
      ...[
        '::ffff:10.0.0.1',
        '0:0:0:0:0:ffff:10.0.0.1',
        '::FFFF:a00:1',
        '::10.0.0.1',
        '::10.0.0.0/120',
        '0::a00:1',
        '::0:ffff:10.0.0.0/104',
        '2001:db8::/129',
        '127.1',
        '010.0.0.1',
        '10.0.0.0/-1',
      ],
    ],
    right: ['10.0.0.0/8', '127.0.0.1', '10.0.0.0/8, 127.0.0.1', '2001:db8::/32,::1', '10.0.0.5/8'],
  },
  KEEP_ALIVE_SECONDS: { wrong: ['0', '-5', '1.5', '65s', '3601', 'x'], right: ['1', '65', '3600'] },
  METRICS_PORT: { wrong: ['0', '-1', '65536', 'x'], right: ['1', '9464', '65535'] },
  METRICS_HOST: { wrong: ['a b', 'http://a'], right: ['127.0.0.1', '0.0.0.0', '::1'] },
  DRAIN_SECONDS: { wrong: ['-1', '5s', '601', 'x', '1.5'], right: ['0', '5'] },
  DATABASE_URL: {
    wrong: ['postgres://u@h/d\u200b', 'mysql://x', 'postgres://p@ss/w@x/y', 'x'],
    right: ['postgres://u@h/d'],
  },
  ALLOW_NEWER_SCHEMA: { wrong: ['maybe'], right: ['true', '0'] },
  TEMPORAL_ADDRESS: {
    wrong: [
      ...['http://temporal:7233', 'https://temporal', 'temporal:0', 'temporal:99999', 'temporal:', ':7233', 'a b:7233'],
      ...['temporal:7233/x', '::1', '[x]:7233', 'temporal,other', 'temporal:x', '1', '127.0.0.1.:1:1'],
    ],
    right: ['temporal:7233', 'temporal', '127.0.0.1:7233', '[::1]:7233', 'ns.acct.tmprl.cloud:7233', 'localhost:1'],
  },
  NODE_ENV: { wrong: ['"production"', ' ', 'a b'], right: ['Staging', ' test '] },
  TEMPORAL_NAMESPACE: {
    wrong: ['"default"', 'a b', 'a\u200b', 'a\nb', '\u00a0x\u00a0y'],
    right: ['default', 'ns.acct'],
  },
  TEMPORAL_API_KEY: { wrong: ["'abc.def'", 'a b', 'a\u200bb', 'a\nb', 'ключ'], right: ['abc.def', ' abc\n'] },
  TEMPORAL_TLS: {
    wrong: ['maybe', '2', 'y', 'enabled', 'tru', 'null'],
    right: ['true', 'TRUE', '1', 'yes', 'On', 'false', 'False', '0', 'no', 'OFF', ' true '],
  },
  TEMPORAL_TLS_SERVER_NAME: { wrong: ['https://x', 'a b', 'x:1'], right: ['temporal.example'] },
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: {
    wrong: ['/nowhere/ca.pem', '/', '/dev/null', import.meta.filename],
    right: [certificateFile],
  },
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: { wrong: ['x', '/etc/ca.pem'], right: [certificate] },
  TEMPORAL_DEPLOYMENT_NAME: {
    wrong: ['a b', 'a.b', 'a:b', '__a', 'x'.repeat(101), '"a"'],
    right: ['billing-onboarding', 'billing/onboarding'],
  },
  TEMPORAL_WORKER_BUILD_ID: { wrong: ['a b', '__unversioned__', 'x'.repeat(101)], right: ['v0.3.0', '6f2c:1'] },
  TEMPORAL_UI_URL: {
    wrong: ['ui', 'https://u;i', 'https://u:p@ui', 'https://ui?x', 'https://ui/#x'],
    right: ['https://ui/temporal'],
  },
  RUNBOOK_URL: {
    wrong: ['docs/operations.md', 'https://docs/operations.md#alerts', 'ftp://docs'],
    right: ['https://docs.example/operations.md'],
  },
  TASK_QUEUE: { wrong: ['`x`', 'a b', 'a\u200b', 'x'.repeat(201)], right: ['onboarding', 'eu/onboarding'] },
  WORKFLOW_BUNDLE: { wrong: ['/nowhere.js', '/', '/dev/null', certificateFile], right: [bundleFile] },
  STRIPE_API_URL: {
    wrong: ['http://stripe.example', 'https://x;y', 'https://x/v1', 'https://x?y', 'https://u:p@x', 'stripe'],
    right: ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://stripe.example'],
  },
  STRIPE_JS_URL: {
    wrong: ['https://x;y/s.js', 'https://x,y/s.js', 'http://stripe.example/x.js', 'https://x/s.js#y', 'x.js'],
    right: ['https://x/s.js'],
  },
  PAYPAL_API_URL: { wrong: ['http://paypal.example', 'https://x/v1'], right: ['http://127.0.0.2:1'] },
  PAYPAL_JS_URL: {
    wrong: ["https://x'y/core", 'http://paypal.example/x.js', 'https://a b'],
    right: ['https://x/core'],
  },
  PAYPAL_WEBHOOK_ROOT: { wrong: ['x', '-----BEGIN CERTIFICATE-----'], right: [certificate] },
  SETUP_LINK_SECRETS: {
    wrong: ['short', 'x'.repeat(31), `${'x'.repeat(32)},short`, ',', `${'x'.repeat(32)}\u200b`],
    right: ['x'.repeat(32), `${'x'.repeat(32)}, ${'y'.repeat(40)}\n`, `${'é'.repeat(20)} ${'x'.repeat(20)}`],
  },
  GATEWAY_KEYS: {
    wrong: ['short', 'x'.repeat(31), `${'x'.repeat(32)},short`],
    right: ['x'.repeat(32), `${'x'.repeat(32)},${'y'.repeat(40)}`],
  },
  WEBHOOK_SECRET_KEYS: {
    wrong: ['short', 'x'.repeat(31), `${'x'.repeat(32)},short`, ',', `${'x'.repeat(32)}\u200b`],
    right: ['x'.repeat(32), `${'x'.repeat(32)},${'y'.repeat(40)}`],
  },
  WEBHOOK_ALLOWED_NETWORKS: {
    wrong: [
      ...['10.0.0.0/8', '10.0.0.0/8@', '10.0.0.0/8@0', '10.0.0.0/8@65536', '10.0.0.0/8@9-8', '10.0.0.0/8@8443@8444'],
      ...[
        '10.0.0.0/33@8443',
        '0.0.0.0/0@8443',
        '::/0@443',
        'crm.internal@8443',
        '[::1]@8443',
        '[::1]:8443',
        '127.1@8443',
      ],
      ...[
        '10.0.0.0/8:8443',
        '10.0.0.0/8@8443;10.1.0.0/16@1',
        '10.0.0.0/8/8@1',
        'fe80::1%eth0@443',
        '::ffff:10.0.0.1@443',
        '0::ffff:a00:1@443',
      ],
      ...['10.0.0.0/8@https', '10.0.0.0/8@1-2-3', '10.0.0.0/@8443', '*@443', '10.0.0.0/8@-1', '10.0.0.0/8@5432'],
    ],
    right: [
      '10.20.0.0/16@8443',
      '10.20.0.0/16@8443, fd00:1::/48@8000-8999',
      '192.168.5.7@443',
      '127.0.0.0/8@1024-65535',
    ],
  },
  GATEWAY_TIMEOUT_MS: { wrong: ['9', '60001', '20s', '1e4', ''.padEnd(20, '9')], right: ['10', '60000'] },
  RETRY_PAUSE_MAX_MS: { wrong: ['9', '86400001', 'x'], right: ['300'] },
  LINK_LIFE_SECONDS: { wrong: ['0', '-1', '1e9', '99999999999', '7d', 'Infinity'], right: ['604800', '0.5'] },
  REMINDERS_SECONDS: {
    wrong: ['0', '1,0', '1;2', '0x10', 'Infinity', '1,x', '1 2', '99999999999', Array(21).fill('1').join()],
    right: ['1,2.5', '86400, 259200'],
  },
  EXPIRY_GRACE_SECONDS: { wrong: ['0', 'x', '-1'], right: ['1800'] },
  GATEWAY_EVENT_RETENTION_DAYS: { wrong: ['34', '3651', '90d', '-1'], right: ['35', '3650'] },
  RATE_LIMIT_PER_MINUTE: { wrong: ['0', '-1', 'unlimited', '1.5'], right: ['1'] },
  RATE_LIMIT_FAILURES_PER_MINUTE: { wrong: ['0', 'x'], right: ['1'] },
  HSTS_SECONDS: { wrong: ['-1', 'a year', '1.5', '9999999999'], right: ['0', '31536000'] },
  WORKER_DOES: { wrong: ['all', 'runs,all', ','], right: ['runs', 'webhooks', 'runs, webhooks'] },
  RATE_LIMIT_STORE: { wrong: ['redis', 'memory,postgres'], right: ['memory', 'Postgres'] },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    wrong: ['collector:4318', 'grpc://collector', 'https://user:x@collector', 'https://collector?x=1'],
    right: ['http://collector:4318', 'https://otlp.example/base/'],
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    wrong: ['x', 'a=', '=x', 'a=%zz', 'a b=x', 'a=x%0d%0a', 'a:b=x', 'a=x;b=y,c'],
    right: ['api-key=x', 'api-key=a%20b%2Cc, x-tenant=t=1', ' a=b,'],
  },
  OTEL_TRACES_EXPORTER: { wrong: ['jaeger', 'console', 'otlp,none'], right: ['otlp', 'none'] },
  OTEL_SDK_DISABLED: { wrong: ['maybe'], right: ['true', 'false'] },
  OTEL_SERVICE_NAME: { wrong: ['a b', '"a"'], right: ['billing-onboarding'] },
  OTEL_RESOURCE_ATTRIBUTES: {
    wrong: ['production', '1a=x', 'a=%zz'],
    right: ['deployment.environment.name=production,service.namespace=pay'],
  },
  OTEL_TRACES_SAMPLER: { wrong: ['jaeger_remote', 'xray', 'ratio'], right: ['always_on', 'parentbased_traceidratio'] },
  OTEL_TRACES_SAMPLER_ARG: { wrong: ['2', '-1', '1.5', 'x', '1e-3', '.'], right: ['0', '1', '0.25', '.5', '1.0'] },
  LOG_LEVEL: { wrong: ['loud', '30', 'silent', 'info,warn'], right: ['debug', 'INFO', 'warn '] },
  LOG_FORMAT: { wrong: ['xml', 'true'], right: ['json', 'Pretty'] },
}
/** Variables that config.test.ts covers: keys and secrets of vendors, and variables without a format. */
const heldBelow = /^(STRIPE|PAYPAL)_(LIVE|TEST)_|^TEMPORAL_TLS_CLIENT_|^DATABASE_PASSWORD$/

test('the format of every variable is tested here', () => {
  expect(Object.keys(variables.shape).filter((name) => !forms[name] && !heldBelow.test(name))).toEqual([])
})

test.each(Object.entries(forms))('%s is validated', (name, { wrong, right }) => {
  for (const value of wrong) {
    const message = problems({ ...all, [name]: value })
    expect(message, `${name}=${JSON.stringify(value)}`).toMatch(
      new RegExp(`^Invalid environment variables:\n  ${name} `),
    )
    expect(message.split('\n').every((line, i) => i === 0 || line.startsWith(`  ${name} `))).toBe(true)
  }
  for (const value of right) expect(problems({ ...all, [name]: value }), `${name}=${JSON.stringify(value)}`).toBe('')
  expect(problems({ ...all, ...(name in all ? {} : { [name]: '' }) })).toBe('')
})

test('a message escapes what a terminal would execute, and contains no credential', () => {
  for (const name of ['TRUSTED_PROXIES', 'WEBHOOK_ALLOWED_NETWORKS'])
    expect(problems({ ...all, [name]: 'x\u001b]0;y\u0007' })).toContain(`${name} has "x\\u001b]0;y\\u0007"`)
  for (const name of Object.keys(variables.shape).filter((each) => /_(KEY|SECRET|ID)S?$/.test(each))) {
    const message = problems({ ...all, [name]: '"sk_test_hidden whsec_hidden"' })
    expect(message).toContain(`\n  ${name} must`)
    expect(message).not.toContain('hidden')
  }
})

test.each(['Production', ' PRODUCTION '])('NODE_ENV=%j is production, however it is written', (NODE_ENV) => {
  expect(problems({ ...all, NODE_ENV })).toContain('PUBLIC_URL is missing')
})

test.each(['TRUSTED_PROXIES', 'WEBHOOK_ALLOWED_NETWORKS', 'REMINDERS_SECONDS'])('%s must not be blank', (name) => {
  for (const value of [' ', ',', '\n'])
    expect(problems({ ...all, [name]: value })).toContain(`${name} must not be blank: leave it empty for the default`)
})

test.each(Object.keys(variables.shape))('a blank %s is not said to have quotes', (name) => {
  expect(problems({ ...all, [name]: ' ' })).not.toContain('must not contain quotes')
})

test('each invalid entry of a list is reported', () => {
  const message = problems({ ...all, TRUSTED_PROXIES: '10.0.0.0/8,nginx,10.0.0.0/33' })
  expect(message).toContain('TRUSTED_PROXIES has "nginx", which is not an IP address or a network')
  expect(message).toContain('TRUSTED_PROXIES has "10.0.0.0/33", whose prefix is longer than 32 bits')
})

import { builtinModules } from 'node:module'
import tseslint from 'typescript-eslint'

// Imports point one way (docs/decisions/0001): each folder says what it may not import, and why.

/** With `types`, type-only imports are let through. */
const forbid = (group, message, types = false) => ({ group, message, allowTypeImports: types })
const forbidMatching = (regex, message) => ({ regex, message })
const builtins = `^(node:.*|${builtinModules.join('|')})$`
const only = (folder, ...patterns) => ({
  files: [`${folder}/**/*.{ts,tsx}`],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
})

const programs = [
  '**/config.ts',
  '**/config/**',
  '**/main.ts',
  '**/local/**',
  '**/admin/**',
  '**/simulators/**',
  '**/test/**',
  '**/bench/**',
  '**/chaos/**',
  '**/torture/**',
  '**/scripts/**',
]
const adapters = ['**/gateways/*/**', '**/gateways/from-config.ts', 'stripe', '@paypal/paypal-server-sdk', 'axios']

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.local', '**/*.js'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  only('domain', forbidMatching('^(?!\\./)', 'domain/ is pure: it imports nothing but itself')),
  only(
    'gateways',
    forbid(
      [
        ...programs,
        '**/gateway-customers/**',
        '**/api/**',
        '**/worker/**',
        '**/activities/**',
        '**/workflows/**',
        '**/page/**',
        '**/store/**',
        'postgres',
        '@temporalio/*',
        'hono',
        'hono/*',
      ],
      'gateways/ speak vendor and know domain/ only',
    ),
  ),
  only(
    'store',
    forbid(
      [
        ...programs,
        ...adapters,
        '**/gateway-customers/**',
        '**/api/**',
        '**/worker/**',
        '**/activities/**',
        '**/workflows/**',
        '**/page/**',
        '**/gateways/**',
        '@temporalio/*',
        'hono',
        'hono/*',
      ],
      'store/ speaks SQL and knows domain/ only',
    ),
  ),
  only(
    'gateway-customers',
    forbid(
      [
        ...programs,
        ...adapters,
        '**/api/**',
        '**/worker/**',
        '**/activities/**',
        '**/workflows/**',
        '**/page/**',
        '@temporalio/*',
        'hono',
        'hono/*',
      ],
      'gateway-customers/ serve api/ and activities/ alike and know neither',
    ),
    forbid(['**/gateways/gateway.ts'], 'gateway-customers/ use the port: types only', true),
  ),
  only(
    'activities',
    forbid(
      [...programs, ...adapters, '**/api/**', '**/worker/**', '**/workflows/**', '**/page/**', 'hono', 'hono/*'],
      'activities/ are the steps: they know neither who calls them nor which vendor answers',
    ),
    forbid(['**/gateways/gateway.ts'], 'activities/ use the port: types only', true),
  ),
  only(
    'workflows',
    forbid(
      [
        ...programs,
        ...adapters,
        '**/gateway-customers/**',
        '**/api/**',
        '**/worker/**',
        '**/store/**',
        '**/gateways/**',
        '**/page/**',
        'postgres',
        'hono',
        'hono/*',
        'zod',
      ],
      'workflows/ are deterministic: no input, no output',
    ),
    forbid(['**/activities/**'], 'workflows/ know activities as types only', true),
    forbidMatching(builtins, 'workflows/ are deterministic: no Node built-ins'),
  ),
  only(
    'page',
    forbid(
      [
        ...programs,
        ...adapters,
        '**/gateway-customers/**',
        '**/api/**',
        '**/worker/**',
        '**/store/**',
        '**/gateways/**',
        '**/activities/**',
        '**/workflows/**',
      ],
      'page/ knows domain/ only',
    ),
  ),
  only(
    'api',
    forbid(
      [...programs, ...adapters, '**/worker/**', '**/activities/**'],
      'api/ writes rows and wakes runs; the work is done in activities/',
    ),
    forbidMatching('/workflows/(?!messages\\.ts$)', 'api/ knows the messages of workflows/ and no workflow code'),
    forbid(['**/gateways/gateway.ts'], 'api/ uses the port: types only', true),
  ),
  only('worker', forbid([...programs, '**/api/**', '**/page/**'], 'worker/ and api/ are two programs')),
  only(
    'simulators',
    forbidMatching(
      '\\.\\./(?!(account|basic-controls|deliveries|faults|journal|listen)\\.ts$)',
      'simulators/ stand for the vendors: they know nothing of ours, and one nothing of the other',
    ),
  ),
  // The places that wire things together.
  {
    files: ['api/main.ts', 'worker/main.ts', 'worker/healthcheck.ts', 'store/migrate-main.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
)
